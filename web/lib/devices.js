// The secrets of remembered devices (A8), one an address: a family may share a device. Kept only where a person ticked it.

const KEPT = 'consultroom.devices';

/** @typedef {{ device: string, until: string }} Remembered `until`: RFC 3339 */

export class Devices {
  /** @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} storage the browser's @param {() => number} now milliseconds */
  constructor(storage, now) {
    this.storage = storage;
    this.now = now;
  }

  /** @param {string} address @returns {Remembered | null} */
  get(address) {
    const kept = this.#all()[address];
    return kept === undefined || Date.parse(kept.until) <= this.now() ? null : kept;
  }

  /** @param {string} address @param {string} device @param {string} until */
  keep(address, device, until) {
    this.#write({ ...this.#all(), [address]: { device, until } });
  }

  /** @param {string} address */
  forget(address) {
    this.#write(Object.fromEntries(Object.entries(this.#all()).filter(([other]) => other !== address)));
  }

  /** @returns {Record<string, Remembered>} */
  #all() {
    try {
      return JSON.parse(this.storage.getItem(KEPT) ?? '{}');
    } catch {
      return {}; // damaged, or forbidden: a code opens the visits all the same
    }
  }

  /** @param {Record<string, Remembered>} all */
  #write(all) {
    if (Object.keys(all).length === 0) this.storage.removeItem(KEPT);
    else this.storage.setItem(KEPT, JSON.stringify(all));
  }
}
