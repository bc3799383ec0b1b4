// Which news of a backfill to show: what goes on now, and the end of what was seen going on or was begun from here (B4).

/** @typedef {import('./shown.js').Backfill} Backfill */

export class BackfillWatch {
  constructor() {
    /** When the last run that was heard of began. @type {string | null} */
    this.known = null;
    this.running = false;
    /** Whether a setting was put right from here, and its run was not heard of yet. */
    this.expected = false;
  }

  /**
   * @param {Backfill | null} healing as the server says it
   * @returns {'none' | 'running' | 'done'} `done` once a run; one that ended before anybody looked is old news
   */
  hear(healing) {
    const began = healing?.started_at ?? null;
    const isNew = began !== this.known;
    this.known = began;
    if (healing === null) return 'none';
    const ended = this.running || (this.expected && isNew);
    if (ended || healing.finished_at === null) this.expected = false;
    this.running = healing.finished_at === null;
    if (this.running) return 'running';
    return ended ? 'done' : 'none';
  }
}
