// The time this tab keeps, so that a reload goes on with it; after it was booked, so that its link is shown again.

const KEPT = 'consultroom.hold';

/** Where the link goes beside this page: to the address just entered, perhaps to the number, nowhere, or to the contact the clinic has. @typedef {'mail' | 'phone' | 'here' | 'known'} Told */
/** @typedef {import('./calls/booking.js').HoldKey & { told: Told }} Kept */

export class HoldStore {
  /** @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} storage the tab's own @param {string} whose a clinic, or a link: no page takes up another's */
  constructor(storage, whose) {
    this.storage = storage;
    this.whose = whose;
  }

  /** @param {Kept} kept */
  save({ id, secret, told }) {
    this.storage.setItem(KEPT, JSON.stringify({ id, secret, told, whose: this.whose }));
  }

  /** @returns {Kept | null} */
  load() {
    try {
      const kept = JSON.parse(this.storage.getItem(KEPT) ?? 'null');
      return kept?.whose === this.whose ? { id: kept.id, secret: kept.secret, told: kept.told } : null;
    } catch {
      return null; // not ours or damaged: one chooses a time anew
    }
  }

  forget() {
    this.storage.removeItem(KEPT);
  }
}
