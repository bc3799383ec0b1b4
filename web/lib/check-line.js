// The socket of a device check (PROTOCOL.md, `checking`): a welcome with ICE servers and an echo peer, its signals, and the result.
// It never takes a seat, so it may be open beside a session that waits.

import { Wire } from './wire.js';

/** @typedef {import('./frames.js').Frame} Frame */
/** @typedef {import('./frames.js').SignalData} SignalData */

/**
 * @typedef {object} Options
 * @property {string} url
 * @property {string} token
 * @property {typeof WebSocket} Socket
 */

/** Why there is no check: the server's code, and the close code that says whether to try again. */
export class CheckRefused extends Error {
  /** @param {Frame} refusal @param {number} close */
  constructor(refusal, close) {
    super(refusal['code']);
    this.refusal = /** @type {import('./frames.js').Refusal} */ (/** @type {unknown} */ (refusal));
    this.close = close;
  }
}

export class CheckLine {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {(data: SignalData) => void} */
    this.onsignal = () => {};
    /** @type {Promise<Frame> | null} */
    this.opened = null;
    /** @type {Map<string, (answer: Frame) => void>} */
    this.awaited = new Map();
    this.count = 0;
    /** @type {Frame} */
    this.said = { type: 'error', code: 'closed', message: '' };
  }

  /** The welcome; a second call gives the same while the socket is open. Rejects with `CheckRefused`. @returns {Promise<Frame>} */
  open() {
    this.opened ??= new Promise((welcome, refuse) => {
      const { url, token, Socket } = this.options;
      this.wire = new Wire(url, Socket, {
        onopen: () => this.wire?.write({ type: 'hello', v: 1, token, for: 'check' }),
        onframe: (frame) => this.#hear(frame, welcome),
        onclose: (code) => {
          refuse(new CheckRefused(this.said, code));
          this.close();
        },
      });
      this.wire.open();
    });
    return this.opened;
  }

  /** To the echo peer. @param {string} to @param {SignalData} data */
  signal(to, data) {
    this.wire?.write({ type: 'signal', to, data });
  }

  /** Tells the result. Rejects with `CheckRefused` where nobody takes it. @param {Record<string, unknown>} found */
  async report(found) {
    await this.open();
    this.count += 1;
    const cid = `check-${this.count}`;
    /** @type {Frame} */
    const answer = await new Promise((tell) => {
      this.awaited.set(cid, tell);
      this.wire?.write({ type: 'check', cid, ...found });
    });
    if (answer.type !== 'ack') throw new CheckRefused(answer, 0);
  }

  close() {
    this.wire?.drop();
    this.opened = null;
    for (const tell of this.awaited.values()) tell(this.said);
    this.awaited.clear();
  }

  /** @param {Frame} frame @param {(frame: Frame) => void} welcome */
  #hear(frame, welcome) {
    if (frame.type === 'welcome') {
      this.wire?.welcomed();
      welcome(frame);
    } else if (frame.type === 'signal') this.onsignal(frame['data']);
    else if (frame['cid'] !== undefined) {
      this.awaited.get(frame['cid'])?.(frame);
      this.awaited.delete(frame['cid']);
    } else if (frame.type === 'error') this.said = frame;
  }
}
