// The visit that was handed to a colleague last, so that it can be taken back (D3), also after a reload.

import { storage } from '../ui/storage.js';

/** @typedef {{ room: string, names: string, to: string }} HandedOver */

const KEPT = 'consultroom.handed-over';

export const handedOver = {
  /** @param {HandedOver} visit */
  keep(visit) {
    storage.setItem(KEPT, JSON.stringify(visit));
  },

  /** @returns {HandedOver | null} */
  get() {
    return JSON.parse(storage.getItem(KEPT) ?? 'null');
  },

  forget() {
    storage.removeItem(KEPT);
  },
};
