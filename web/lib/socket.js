// One session with the server, over as many sockets as it takes: hello, resume, acks, reconnecting. Knows no DOM.

import { Acks } from './acks.js';
import { pause } from './backoff.js';
import { consequence } from './codes.js';
import { Heartbeat } from './heartbeat.js';
import { Requests } from './requests.js';
import { passing } from './server-clock.js';
import { Wire } from './wire.js';

/** @typedef {import('./frames.js').Frame} Frame */
/** @typedef {import('./frames.js').Refusal} Refusal */
/** @typedef {import('./session-store.js').Session} Session */

/** @typedef {import('./link.js').Link} Link */
/** @typedef {import('./link.js').Options} Options */

/** Signals kept while the socket is down: three people's candidates and descriptions. Older ones are stale by then. */
const KEPT_SIGNALS = 128;

export class Connection {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.now = options.now ?? passing();
    this.random = options.random ?? Math.random;
    this.requests = new Requests(this.random);
    this.acks = new Acks((frame) => this.wire.write(frame));
    this.heartbeat = new Heartbeat(() => this.wire.write({ type: 'ping' }), () => this.#lost(0), this.now);
    this.wire = new Wire(options.url, options.Socket, {
      onopen: () => this.#hello(),
      onframe: (frame) => this.#read(frame),
      onclose: (code) => this.#closed(code),
    });
    /** @type {Session | null} */
    this.session = null;
    /** @type {Link} */
    this.link = 'idle';
    /** @type {Frame[]} */
    this.kept = [];
    this.attempt = 0;
    this.move = false;
    /** True once this page was welcomed: then a token hello needs no further click (A5). */
    this.welcomed = false;
    /** @type {Refusal | null} */
    this.refusal = null;
  }

  /** Connects after the person's click. @param {{ move?: boolean }} [how] `move`: take the place from another device (D7) */
  start({ move = false } = {}) {
    this.move = move;
    this.session = null;
    this.#open('connecting');
  }

  /** Comes back to the session of before a reload; false where there is none. */
  resume() {
    this.session = this.options.store.load();
    if (this.session === null) return false;
    this.#open('connecting');
    return true;
  }

  /** Sends now, or never: what is only true now. @param {Frame} frame */
  send(frame) {
    if (this.link === 'up') this.wire.write(frame);
  }

  /** Sends now, or when the connection is back: a signal to one person. @param {string} to @param {object} data */
  signal(to, data) {
    const frame = { type: 'signal', to, data };
    if (this.link === 'up') this.wire.write(frame);
    else this.kept = [...this.kept, frame].slice(-KEPT_SIGNALS);
  }

  /** Sends, again after a drop, until answered. @param {Frame} frame @returns {Promise<Frame>} the `ack` or the `error` */
  request(frame) {
    const { frame: numbered, answered } = this.requests.add(frame);
    this.send(numbered);
    return answered;
  }

  /** The network came back or the page is seen again: look now rather than at the next tick. */
  nudge() {
    if (this.link === 'down') this.#open('down');
    else if (this.link === 'up') this.heartbeat.look();
  }

  /** Ends it for good; nothing is sent. @param {string} code for whoever still waits for an answer */
  stop(code) {
    this.#drop();
    this.session = null;
    this.options.store.forget();
    this.requests.abandon(code);
    this.kept = [];
    this.#become('idle');
  }

  /** @param {Link} link */
  #become(link) {
    if (this.link === link) return;
    this.link = link;
    this.options.onlink(link);
  }

  #drop() {
    clearTimeout(this.retry);
    this.acks.stop();
    this.heartbeat.stop();
    this.wire.drop();
  }

  /** @param {Link} link */
  #open(link) {
    this.#drop();
    this.#become(link);
    this.refusal = null;
    this.wire.open();
  }

  #hello() {
    const { token, device } = this.options;
    if (this.session !== null && !this.move) this.wire.write({ type: 'hello', v: 1, resume: this.session });
    else this.wire.write({ type: 'hello', v: 1, token, device, ...(this.move ? { move: true } : {}) });
  }

  /** @param {Frame} frame */
  #read(frame) {
    this.heartbeat.heard();
    if (this.session !== null) this.options.store.save(this.session);
    if (frame.type === 'welcome') this.#welcome(frame);
    else if (this.link !== 'up') this.#refused(frame);
    else if (this.#isNew(frame)) this.#deliver(frame);
  }

  /** @param {Frame} frame */
  #welcome(frame) {
    this.wire.welcomed();
    this.move = false;
    this.welcomed = true;
    this.attempt = 0;
    this.acks.begin(frame.seq ?? 0);
    this.session = { sid: frame['sid'], key: frame['key'], seq: this.acks.seen };
    this.options.store.save(this.session);
    this.#become('up');
    this.heartbeat.start();
    this.options.onframe(frame);
    for (const signal of this.kept.splice(0)) this.wire.write(signal);
    for (const request of this.requests.unanswered()) this.wire.write(request);
  }

  /** An answer to hello that is no welcome. @param {Frame} frame */
  #refused(frame) {
    this.refusal = /** @type {Refusal} */ (/** @type {unknown} */ (frame));
    if (frame['code'] !== 'resume_refused') return; // a close follows, with what to do
    this.session = null;
    this.options.store.forget();
    if (this.welcomed) this.#hello();
    else this.#end(this.refusal, 0);
  }

  /** A replay may repeat what has arrived. @param {Frame} frame */
  #isNew(frame) {
    if (this.session === null || frame.seq === undefined) return true;
    if (!this.acks.receive(frame.seq)) return false;
    this.session = { ...this.session, seq: frame.seq };
    return true;
  }

  /** @param {Frame} frame */
  #deliver(frame) {
    if (frame.type === 'error') this.refusal = /** @type {Refusal} */ (/** @type {unknown} */ (frame));
    if (frame.type === 'pong' || (frame['cid'] !== undefined && this.requests.settle(frame))) return;
    this.options.onframe(frame);
  }

  /** @param {number} code */
  #closed(code) {
    const then = consequence(code);
    // A network that broke says nothing; the last refusal was of something else, perhaps an hour ago.
    const why = code >= 4000 ? this.refusal : null;
    if (then === 'again') this.#lost(Number(why?.['retry_after'] ?? 0));
    else this.#end(why ?? { code: String(code), message: '' }, code);
  }

  /** @param {Refusal} refusal @param {number} close */
  #end(refusal, close) {
    this.stop(refusal.code);
    this.options.onrefused(refusal, close);
  }

  /** @param {number} retryAfter seconds */
  #lost(retryAfter) {
    this.#drop();
    this.#become('down');
    const after = pause(this.attempt, retryAfter, this.random);
    this.attempt += 1;
    this.retry = setTimeout(() => this.#open('down'), after);
  }
}
