// Everybody we have a call with: one partner per other person in the room (E1: a mesh of at most four).

import { Partner } from './partner.js';

/** @typedef {import('./frames.js').Person} Person */
/** @typedef {import('./frames.js').Ice} Ice */
/** @typedef {import('./frames.js').SignalData} SignalData */
/** @typedef {import('./negotiation.js').Kind} Kind */
/** @typedef {import('./negotiation.js').Media} Media */

/**
 * @typedef {object} Options
 * @property {typeof RTCPeerConnection} Peer
 * @property {(to: string, data: SignalData) => void} send
 * @property {(sid: string, stream: MediaStream) => void} onstream
 * @property {(sid: string, media: Media) => void} onmedia
 * @property {() => Promise<void>} fresh asks for fresh TURN credentials, which come by `setIce`
 */

/** Signals kept of people we do not know yet: more than one browser sends before it hears from the other. */
const EARLY = 256;

export class Peers {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {Map<string, Partner>} */
    this.all = new Map();
    /** Signals that came before we were told of their sender, or before we may see and hear. @type {{ sid: string, data: SignalData }[]} */
    this.early = [];
    /** @type {import('./negotiation.js').Tracks} */
    this.tracks = {};
    this.soundOnly = false;
    /** @type {RTCIceServer[]} */
    this.iceServers = [];
  }

  /** @param {Ice | null | undefined} ice */
  setIce(ice) {
    if (!ice) return;
    this.iceServers = ice.iceServers;
    for (const partner of this.all.values()) partner.setIceServers(this.iceServers);
  }

  /** Calls whoever is new and lets go of whoever is not there any more. @param {readonly Person[]} people */
  meet(people) {
    const present = new Set(people.map((person) => person.sid));
    for (const sid of [...this.all.keys()]) if (!present.has(sid)) this.#leave(sid);
    for (const person of people) if (!this.all.has(person.sid)) this.#call(person);
  }

  /** @param {string} sid @param {SignalData} data */
  receive(sid, data) {
    const partner = this.all.get(sid);
    if (partner === undefined) this.early = [...this.early, { sid, data }].slice(-EARLY);
    else void partner.receive(data);
  }

  /** @param {Kind} kind @param {MediaStreamTrack | undefined} track */
  async setTrack(kind, track) {
    if (track === undefined) delete this.tracks[kind];
    else this.tracks[kind] = track;
    await Promise.all([...this.all.values()].map((partner) => partner.setTrack(kind, track)));
  }

  /** Whether the others' pictures are not wanted. @param {boolean} soundOnly */
  setSoundOnly(soundOnly) {
    this.soundOnly = soundOnly;
    for (const partner of this.all.values()) partner.setSoundOnly(soundOnly);
  }

  /** The signalling is back (E6): ours, or one other person's, who may have missed what we sent meanwhile. @param {string} [sid] */
  refresh(sid) {
    for (const [each, partner] of this.all) if (sid === undefined || sid === each) partner.refresh();
  }

  /** The connections as they are now, by sid. @returns {Map<string, import('./negotiation.js').Negotiation>} */
  get lines() {
    return new Map([...this.all].map(([sid, partner]) => [sid, partner.current]));
  }

  close() {
    this.meet([]);
    this.early = [];
  }

  /** @param {Person} person */
  #call({ sid, polite }) {
    const { Peer, send, onstream, onmedia, fresh } = this.options;
    const partner = new Partner({
      polite,
      iceServers: this.iceServers,
      tracks: this.tracks,
      soundOnly: this.soundOnly,
      Peer,
      fresh,
      send: (data) => send(sid, data),
      onstream: (stream) => onstream(sid, stream),
      onmedia: (media) => onmedia(sid, media),
    });
    this.all.set(sid, partner);
    for (const signal of this.early.filter((each) => each.sid === sid)) void partner.receive(signal.data);
    this.early = this.early.filter((each) => each.sid !== sid);
  }

  /** @param {string} sid */
  #leave(sid) {
    this.all.get(sid)?.close();
    this.all.delete(sid);
  }
}
