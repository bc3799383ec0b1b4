// English. Every word a page shows; the other catalogues have the same keys and the same {values}.

import { address } from './en/address.js';
import { availability } from './en/availability.js';
import { book } from './en/book.js';
import { chat } from './en/chat.js';
import { check } from './en/check.js';
import { clashes } from './en/clashes.js';
import { devices } from './en/devices.js';
import { diary } from './en/diary.js';
import { gallery } from './en/gallery.js';
import { history } from './en/history.js';
import { home } from './en/home.js';
import { host } from './en/host.js';
import { invite } from './en/invite.js';
import { link } from './en/link.js';
import { media } from './en/media.js';
import { practice } from './en/practice.js';
import { shared } from './en/shared.js';
import { staff } from './en/staff.js';
import { visit } from './en/visit.js';

export const en = {
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
