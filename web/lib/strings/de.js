// German.

import { address } from './de/address.js';
import { availability } from './de/availability.js';
import { book } from './de/book.js';
import { chat } from './de/chat.js';
import { check } from './de/check.js';
import { clashes } from './de/clashes.js';
import { devices } from './de/devices.js';
import { diary } from './de/diary.js';
import { gallery } from './de/gallery.js';
import { history } from './de/history.js';
import { home } from './de/home.js';
import { host } from './de/host.js';
import { invite } from './de/invite.js';
import { link } from './de/link.js';
import { media } from './de/media.js';
import { practice } from './de/practice.js';
import { shared } from './de/shared.js';
import { staff } from './de/staff.js';
import { visit } from './de/visit.js';

/** @type {Record<keyof typeof import('./en.js').en, string>} */
export const de = {
  ...shared,
  ...visit,
  ...check,
  ...devices,
  ...chat,
  ...host,
  ...invite,
  ...media,
  ...home,
  ...link,
  ...address,
  ...practice,
  ...diary,
  ...history,
  ...availability,
  ...staff,
  ...clashes,
  ...book,
  ...gallery,
};
