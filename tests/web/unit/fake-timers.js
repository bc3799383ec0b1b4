// Timers that a test moves. (node:test has them from another version on in another form; Debian's Node is older.)

const REAL = { setTimeout, clearTimeout, setInterval, clearInterval };

export class FakeTimers {
  constructor() {
    this.now = 0;
    this.count = 0;
    this.due = new Map();
  }

  install() {
    globalThis.setTimeout = (act, after = 0) => this.#add(act, after, null);
    globalThis.setInterval = (act, every) => this.#add(act, every, every);
    globalThis.clearTimeout = globalThis.clearInterval = (id) => this.due.delete(id);
  }

  restore() {
    Object.assign(globalThis, REAL);
  }

  /** Runs what falls due within so many milliseconds, in order. */
  tick(milliseconds) {
    const until = this.now + milliseconds;
    for (;;) {
      const [next] = [...this.due].filter(([, { at }]) => at <= until).sort(([, one], [, other]) => one.at - other.at);
      if (next === undefined) break;
      const [id, { act, at, every }] = next;
      this.now = at;
      if (every === null) this.due.delete(id);
      else this.due.set(id, { act, at: at + every, every });
      act();
    }
    this.now = until;
  }

  #add(act, after, every) {
    this.count += 1;
    this.due.set(this.count, { act, at: this.now + after, every });
    return this.count;
  }
}
