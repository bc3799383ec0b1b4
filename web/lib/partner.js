// One other person in the room. A page that was reloaded comes with a new RTCPeerConnection, which an old one cannot go on with: it
// is known by the session id of its descriptions and answered with a new connection here, with the same tracks (D6).

import { Negotiation } from './negotiation.js';

/** @typedef {Omit<import('./negotiation.js').Options, 'onstuck'> & { fresh?: () => Promise<void> }} Options `fresh`: see ice-watch.js */
/** @typedef {import('./negotiation.js').Kind} Kind */
/** @typedef {import('./frames.js').SignalData} SignalData */

/** A connection that breaks at every step is given up after as many new ones; two pages must not renew each other for ever. */
const REPAIRS = 3;

export class Partner {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.closed = false;
    this.repairs = 0;
    /** @type {Promise<void>} */
    this.work = Promise.resolve();
    this.current = this.#connect();
  }

  /** Takes what the other sent, one after the other in their order. @param {SignalData} data */
  receive(data) {
    this.work = this.work.then(() => this.#receive(data)).catch(() => this.#broken());
    return this.work;
  }

  /** @param {Kind} kind @param {MediaStreamTrack | undefined} track */
  setTrack(kind, track) {
    const tracks = { ...this.options.tracks };
    if (track === undefined) delete tracks[kind];
    else tracks[kind] = track;
    this.options = { ...this.options, tracks };
    return this.current.setTrack(kind, track);
  }

  /** @param {boolean} soundOnly */
  setSoundOnly(soundOnly) {
    if (soundOnly === (this.options.soundOnly ?? false)) return;
    this.options = { ...this.options, soundOnly };
    this.current.setSoundOnly(soundOnly);
  }

  /** Fresh TURN credentials, for the next gathering (E2). @param {RTCIceServer[]} iceServers */
  setIceServers(iceServers) {
    this.options = { ...this.options, iceServers };
    this.current.pc.setConfiguration({ iceServers });
  }

  refresh() {
    this.current.refresh();
  }

  close() {
    this.closed = true;
    this.current.close();
  }

  /** @param {SignalData} data */
  async #receive(data) {
    if (this.closed) return;
    const { description } = data;
    if (description !== undefined && !this.current.ignores(description) && this.current.isForeign(description)) {
      this.#renew();
      if (description.type !== 'offer') return; // it answers a connection that is gone; the new one offers by itself
    }
    await this.current.receive(data);
  }

  #renew() {
    this.current.close();
    this.current = this.#connect();
  }

  #connect() {
    const { fresh, ...options } = this.options;
    const made = new Negotiation({ ...options, onstuck: () => this.#broken() });
    if (fresh !== undefined) made.watch.fresh = fresh;
    return made;
  }

  /** A step that failed leaves a connection in an unknown state, or it never begins; a new one offers anew. */
  #broken() {
    if (this.closed) return;
    this.repairs += 1;
    this.options.onmedia(this.repairs > REPAIRS ? 'failed' : 'connecting');
    if (this.repairs <= REPAIRS) this.#renew();
  }
}
