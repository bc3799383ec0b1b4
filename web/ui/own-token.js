// This tab's token: out of the address bar before any request could carry it on (A4); another link in the same tab begins anew.

import { takeToken } from '../lib/token.js';
import { storage } from './storage.js';

/** To be called before anything else. */
export function ownToken() {
  window.addEventListener('hashchange', anew);
  return takeToken(location, history, storage);
}

/** A link that differs from this page's address only behind the "#" loads nothing by itself: pasted over an old one, it would do nothing. */
function anew() {
  if (location.hash.length < 2) return;
  takeToken(location, history, storage);
  location.reload();
}
