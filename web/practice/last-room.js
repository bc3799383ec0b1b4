// The visit a practitioner stepped out of, or dropped out of for longer than the grace: the way back, also after a reload.

import { storage } from '../ui/storage.js';

/** @typedef {import('../lib/visit-state.js').State} State */

const KEPT = 'consultroom.room';

export const lastRoom = {
  /** @param {State} state in a room */
  keep({ room, people }) {
    const name = people.map((person) => person.name).join(', ');
    if (name !== '') storage.setItem(KEPT, JSON.stringify({ room, name }));
  },

  /** @returns {{ room: string, name: string } | null} */
  get() {
    return JSON.parse(storage.getItem(KEPT) ?? 'null');
  },

  forget() {
    storage.removeItem(KEPT);
  },
};
