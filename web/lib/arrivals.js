// Who came to wait since last looked at. A new device or connection of somebody who waits already is no arrival (D7).

/** @typedef {import('./frames.js').Waiter} Waiter */

export class Arrivals {
  constructor() {
    /** @type {Set<string>} */
    this.known = new Set();
  }

  /** @param {readonly Waiter[]} queue @returns {Waiter[]} */
  look(queue) {
    const news = queue.filter((waiter) => !this.known.has(placeOf(waiter)));
    this.known = new Set(queue.map(placeOf));
    return news;
  }
}

/** @param {Waiter} waiter */
function placeOf({ room, person }) {
  return `${room} ${person}`;
}
