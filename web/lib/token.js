// The link's token: taken from the address before any request, out of the address bar, kept for reloads of this tab (A4).

import { found } from './pasted.js';

const KEPT = 'consultroom.token';

/** rooms/access/tokens.py: affinity, payload, signature. The last signs of the two carry no more bits than are left for them. */
const TOKEN = /[A-Za-z0-9_-]{8}\.[A-Za-z0-9_-]{17}[AQgw]\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]/;

/**
 * The tab's token, or '' where there is none. A token in the address wins over the one kept, and so does one that was cut short: whoever opens
 * it means that visit, and no other.
 * @param {Pick<Location, 'hash' | 'pathname' | 'search'>} location
 * @param {Pick<History, 'replaceState'>} history
 * @param {Pick<Storage, 'getItem' | 'setItem'>} storage
 */
export function takeToken({ pathname, search, hash }, history, storage) {
  const page = pageOf(pathname);
  const behind = behindPage(pathname);
  const token = found(TOKEN, `${behind}${search}${hash}`);
  const isMeant = token !== '' || /[A-Za-z0-9]/.test(behind + hash);
  if (isMeant) storage.setItem(KEPT, token);
  if (isMeant || pathname !== page) history.replaceState(null, '', page);
  return isMeant ? token : storage.getItem(KEPT) ?? '';
}

/** Where a link asks, and not a clinic's address. No clinic's id has this sign. */
export const OWN = '/b/@';

const PAGE = /^\/+(b\/(?:@|%40)|[a-z])/i;

/** A page's own address, whatever a mail program left behind it: `/j`, or `OWN` where a link asks. @param {string} pathname */
export function pageOf(pathname) {
  const [, page = ''] = PAGE.exec(pathname) ?? [];
  return `/${page.toLowerCase().replace('%40', '@')}`;
}

/** What stands in the path behind the page's address; nothing, unless something changed the link. @param {string} pathname */
export function behindPage(pathname) {
  return pathname.replace(PAGE, '');
}

/**
 * Where to connect to.
 * @param {string} origin of the page
 * @param {string} token
 */
export function socketUrl(origin, token) {
  return `${origin.replace(/^http/, 'ws')}/ws/${affinity(token)}`;
}

/**
 * The token's first segment, for the WebSocket's path. It is a hint for a proxy and no secret (CONTRACT, WebSocket).
 * @param {string} token
 */
export function affinity(token) {
  const first = token.split('.', 1)[0] ?? '';
  return /^[A-Za-z0-9_-]{1,16}$/.test(first) ? first : '';
}
