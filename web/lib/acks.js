// Tells the server what has arrived and need not be kept for a replay (PROTOCOL.md, Coming back).

/** An ack for this many frames at the latest; the server keeps 256. */
const EVERY = 32;
/** Milliseconds after a frame until its ack, so that a burst has one. */
const PAUSE = 1_000;

export class Acks {
  /** @param {(frame: import('./frames.js').Frame) => void} write */
  constructor(write) {
    this.write = write;
    this.seen = 0;
    this.told = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** A welcome begins the count anew, or at what the server knows we have. @param {number} seq */
  begin(seq) {
    this.stop();
    this.seen = this.told = seq;
  }

  /** @param {number} seq @returns {boolean} false for what a replay repeats */
  receive(seq) {
    if (seq <= this.seen) return false;
    this.seen = seq;
    if (seq - this.told >= EVERY) this.#tell();
    else this.timer ??= setTimeout(() => this.#tell(), PAUSE);
    return true;
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  #tell() {
    this.stop();
    this.told = this.seen;
    this.write({ type: 'ack', seq: this.seen });
  }
}
