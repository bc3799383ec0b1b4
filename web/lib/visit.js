// One person's visit: the connection, everybody's media and what is happening, together. Pages subscribe and show; no DOM here.

import { ChatLog } from './chat-log.js';
import { CallWatch } from './call-watch.js';
import { Peers } from './peers.js';
import { Connection } from './socket.js';
import { READY, linked, received, refused } from './visit-state.js';

/** @typedef {import('./frames.js').Frame} Frame */
/** @typedef {import('./visit-state.js').State} State */
/** @typedef {import('./own-media.js').OwnMedia} OwnMedia */
/** @typedef {import('./peers.js').Media} Media */

/** Milliseconds that a server may take to say goodbye. */
const PATIENCE = 2_000;

/** Milliseconds that fresh TURN credentials may take: ICE is restarted without them, too; the last ones may do, or none be needed. */
const FRESH = 1_000;

/**
 * @typedef {object} Options
 * @property {string} url
 * @property {string} token
 * @property {string} device
 * @property {import('./session-store.js').SessionStore} store
 * @property {typeof WebSocket} Socket
 * @property {typeof RTCPeerConnection} Peer
 * @property {import('./server-clock.js').ServerClock} clock
 * @property {(visit: Visit) => void} onchange
 */

export class Visit {
  /** @param {Options} options */
  constructor({ onchange, Peer, clock, ...connection }) {
    this.onchange = () => onchange(this);
    /** @type {State} */
    this.state = READY;
    this.clock = clock;
    /** Streams of the others, by sid. @type {Map<string, MediaStream>} */
    this.streams = new Map();
    /** How the media with each other person is. @type {Map<string, Media>} */
    this.media = new Map();
    this.chat = new ChatLog({ send: (text) => this.command('chat', { text }), now: () => this.clock.now(), onchange: () => this.onchange() });
    /** @type {OwnMedia['state']} */
    this.own = { audio: false, video: false, screen: false, sound_only: false };
    /** What the ledger was told of our media. @type {'connected' | 'failed' | undefined} */
    this.reported = undefined;
    this.peers = new Peers({
      Peer,
      send: (to, data) => this.connection.signal(to, data),
      onstream: (sid, stream) => this.#set(() => this.streams.set(sid, stream)),
      onmedia: (sid, media) => this.#set(() => this.#heardOf(sid, media)),
      fresh: () => this.#freshIce(),
    });
    this.watch = new CallWatch({ lines: () => this.peers.lines, screen: () => this.own.screen, onchange: this.onchange });
    this.connection = new Connection({
      ...connection,
      onframe: (frame) => this.#receive(frame),
      onlink: (link) => this.#become(linked(this.state, link)),
      onrefused: (refusal, close) => this.refuse(refusal, close),
    });
  }

  /** After the person's click. @param {{ move?: boolean }} [how] */
  join(how) {
    this.connection.start(how);
  }

  /** The place is given up. A server that cannot be reached will notice by itself; nobody is kept here by it. */
  async leave() {
    await Promise.race([this.command('leave'), new Promise((done) => setTimeout(done, PATIENCE))]);
    if (this.state.phase !== 'over') this.#over('left');
  }

  /** Sends what wants an answer. @param {string} type @param {object} [members] @returns {Promise<Frame>} `ack` or `error` */
  command(type, members = {}) {
    return this.connection.request({ type, ...members });
  }

  /** The announcement was made: now see and hear (D4). */
  enter() {
    if (this.state.phase === 'letting_in') this.#become({ ...this.state, phase: 'in_room' });
  }

  /** What we send of ourselves from now on. @param {OwnMedia} media */
  show(media) {
    this.own = media.state;
    void this.peers.setTrack('audio', media.audio);
    void this.peers.setTrack('video', media.picture);
    this.peers.setSoundOnly(media.soundOnly);
    this.#tell(this.own);
  }

  /** Before ICE is restarted (E2). The answer has set them by the time it is acknowledged. */
  async #freshIce() {
    if (this.connection.link !== 'up') return; // those of the welcome are fresh, when the connection is back
    await Promise.race([this.command('ice'), new Promise((done) => setTimeout(done, FRESH))]);
  }

  /** @param {Frame} frame */
  #receive(frame) {
    if (frame['server_time'] !== undefined) this.clock.hear(frame['server_time']);
    this.peers.setIce(frame.type === 'ice' ? /** @type {any} */ (frame) : frame['ice']);
    if (frame.type === 'signal') this.peers.receive(frame['from'], frame['data']);
    if (frame.type === 'chat') this.chat.receive(frame, this.state.people);
    const before = this.state.phase;
    this.#become(received(this.state, frame));
    this.#acquaint(frame);
    if (frame.type === 'welcome' && before === 'in_room') this.#returned();
    if (frame.type === 'ended' && this.state.phase === 'over') this.#over(frame['why']);
  }

  /** Whoever is new, or has lost what they knew with a page, does not know whether we are seen and heard, nor what we
   * offered while they were away. @param {Frame} frame */
  #acquaint({ type, from, online }) {
    const isBack = type === 'state' && online === true;
    if (isBack) this.peers.refresh(from);
    if (isBack || type === 'joined') this.#tell(this.own);
  }

  #returned() {
    this.peers.refresh();
    this.#tell(this.own);
    this.#report(true);
  }

  /** @param {State} next */
  #become(next) {
    const entered = next.phase === 'in_room' && this.state.phase !== 'in_room';
    // A practitioner goes from one room into the next: nothing of one visit is seen in another.
    if (next.phase === 'in_room' && !entered && next.room !== this.state.room) this.chat.clear();
    this.state = next;
    if (next.phase === 'in_room') this.#meet(next);
    else if (next.phase !== 'connecting' && next.phase !== 'letting_in') this.#part();
    if (entered) {
      this.#tell(this.own);
      this.watch.start();
    }
    this.onchange();
  }

  /** @param {State} state */
  #meet({ people }) {
    this.peers.meet(people);
    for (const sid of [...this.streams.keys(), ...this.media.keys()]) {
      if (people.some((person) => person.sid === sid)) continue;
      this.streams.delete(sid);
      this.media.delete(sid);
    }
  }

  #part() {
    this.peers.close();
    this.watch.stop();
    this.streams.clear();
    this.media.clear();
    this.chat.clear();
    this.reported = undefined;
  }

  /** @param {object} state */
  #tell(state) {
    if (this.state.phase === 'in_room') this.connection.send({ type: 'state', ...state });
  }

  /** @param {string} sid @param {Media} media */
  #heardOf(sid, media) {
    this.media.set(sid, media);
    this.#report(false);
  }

  /** F1, F3: connected while we see or hear anybody; failed when nobody at all can be reached. @param {boolean} again after a reconnect */
  #report(again) {
    const all = [...this.media.values()];
    const media = all.includes('connected') ? 'connected' : all.length > 0 && all.every((one) => one === 'failed') ? 'failed' : undefined;
    if (media === undefined || (media === this.reported && !again)) return;
    this.reported = media;
    this.#tell({ media });
  }

  /** @param {() => void} change */
  #set(change) {
    change();
    this.onchange();
  }

  /** Ends here, for the reason given: the server's, or that there is no token at all. @param {import('./frames.js').Refusal} refusal @param {number} [close] */
  refuse(refusal, close = 0) {
    if (refusal['server_time'] !== undefined) this.clock.hear(refusal['server_time']);
    this.#become(refused(this.state, refusal, close));
  }

  /** @param {string} why */
  #over(why) {
    const from = this.state.phase;
    this.connection.stop(why);
    this.#become({ ...this.state, phase: 'over', people: [], refusal: { code: why, message: '', from }, close: 0 });
  }
}
