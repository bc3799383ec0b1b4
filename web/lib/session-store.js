// What a tab needs to come back to its session after a reload (D6): sid, key and the last frame received.

const KEPT = 'consultroom.session';

/** Milliseconds. The grace while waiting: a session older than this is over, and joining again needs a click (A5, D6). */
export const FRESH = 120_000;

/** @typedef {{ sid: string, key: string, seq: number }} Session */

export class SessionStore {
  /**
   * @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} storage the tab's own
   * @param {string} token a session belongs to the link it was made with
   * @param {() => number} now milliseconds
   */
  constructor(storage, token, now) {
    this.storage = storage;
    this.token = token;
    this.now = now;
  }

  /** @param {Session} session */
  save(session) {
    this.storage.setItem(KEPT, JSON.stringify({ ...session, token: this.token, at: this.now() }));
  }

  /** The session to come back to, or null: none, of another link, or too old. @returns {Session | null} */
  load() {
    try {
      const kept = JSON.parse(this.storage.getItem(KEPT) ?? 'null');
      const fits = kept !== null && kept.token === this.token && this.now() - kept.at < FRESH;
      return fits ? { sid: kept.sid, key: kept.key, seq: kept.seq } : null;
    } catch {
      return null; // not ours or damaged: a click on Join starts anew
    }
  }

  forget() {
    this.storage.removeItem(KEPT);
  }
}
