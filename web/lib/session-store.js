// What a tab needs to come back to its session after a reload (D6). Not the last frame: a page that begins anew has received none.

const KEPT = 'consultroom.session';

/** Milliseconds. The grace while waiting: a session older than this is over, and joining again needs a click (A5, D6). */
export const FRESH = 120_000;

/** @typedef {{ sid: string, key: string, seq: number }} Session `seq`: the last frame this page has received */

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

  /** Also at every sign of life, so that its age is known. @param {Session} session */
  save({ sid, key }) {
    this.storage.setItem(KEPT, JSON.stringify({ sid, key, token: this.token, at: this.now() }));
  }

  /** The session to come back to, or null: none, of another link, or too old. @returns {Session | null} */
  load() {
    try {
      const kept = JSON.parse(this.storage.getItem(KEPT) ?? 'null');
      const fits = kept !== null && kept.token === this.token && this.now() - kept.at < FRESH;
      return fits ? { sid: kept.sid, key: kept.key, seq: 0 } : null;
    } catch {
      return null; // not ours or damaged: a click on Join starts anew
    }
  }

  forget() {
    this.storage.removeItem(KEPT);
  }
}
