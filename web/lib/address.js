// The bookmarkable address (A8) in this page's own address. It is no key, so it stays there. Pure.

import { found } from './pasted.js';
import { behindPage } from './token.js';

/** rooms/access/bookmark.py: affinity, and a patient's number or a practitioner's "p". */
const ADDRESS = /[A-Za-z0-9_-]{8}\.(?:[A-Za-z0-9_-]{11}|p(?![A-Za-z0-9_-]*[A-Za-z0-9]))/;

/** The address, or '' where it is not there or was cut short. @param {Pick<Location, 'hash' | 'pathname' | 'search'>} location */
export function addressIn({ pathname, search, hash }) {
  return found(ADDRESS, `${behindPage(pathname)}${search}${hash}`);
}

/** A clinic's id in the address of its booking page, without what is glued to it; '' where there is none. @param {string} pathname */
export function clinicIn(pathname) {
  return found(/^\/+b\/+([A-Za-z0-9._~-]{1,64})/i, pathname);
}
