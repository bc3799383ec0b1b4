// Frames that want an answer. A drop in between asks again with the same `cid`, which has no second effect (PROTOCOL.md).

/** @typedef {import('./frames.js').Frame} Frame */
/** @typedef {{ frame: Frame, answer: (reply: Frame) => void }} Pending */

export class Requests {
  /** @param {() => number} random a reload keeps the session, so numbering alone would repeat the last page's cids */
  constructor(random) {
    this.prefix = Math.floor(random() * 36 ** 8).toString(36);
    this.count = 0;
    /** @type {Map<string, Pending>} */
    this.pending = new Map();
  }

  /**
   * @param {Frame} frame
   * @returns {{ frame: Frame, answered: Promise<Frame> }} `answered` gives the `ack` or the `error`
   */
  add(frame) {
    const cid = `${this.prefix}-${(this.count += 1)}`;
    const numbered = { ...frame, cid };
    const answered = new Promise((answer) => this.pending.set(cid, { frame: numbered, answer }));
    return { frame: numbered, answered };
  }

  /** Takes an answer; false where it answers nothing of ours. @param {Frame} reply */
  settle(reply) {
    const waiting = this.pending.get(reply['cid']);
    if (waiting === undefined) return false;
    this.pending.delete(reply['cid']);
    waiting.answer(reply);
    return true;
  }

  /** What is not answered yet, in order. */
  unanswered() {
    return [...this.pending.values()].map((waiting) => waiting.frame);
  }

  /** Nobody will answer any more. @param {string} code */
  abandon(code) {
    for (const cid of [...this.pending.keys()]) this.settle({ type: 'error', cid, code, message: '' });
  }
}
