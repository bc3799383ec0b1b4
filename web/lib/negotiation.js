// Perfect negotiation on one RTCPeerConnection, as in W3C WebRTC 1.0 section 10.7: either side offers when it likes; when offers
// cross, the polite one gives way (E1). Nothing here knows who the other is, or that a connection may be replaced (partner.js).

import { CandidateQueue } from './candidates.js';
import { IceWatch } from './ice-watch.js';
import { candidatesIn, origin } from './sdp.js';

/** @typedef {import('./frames.js').SignalData} SignalData */
/** @typedef {'audio' | 'video'} Kind */
/** @typedef {Partial<Record<Kind, MediaStreamTrack>>} Tracks what is sent, by kind */
/** @typedef {'connecting' | 'connected' | 'failed'} Media */

/**
 * @typedef {object} Options
 * @property {boolean} polite whether we give way when offers cross
 * @property {RTCIceServer[]} iceServers
 * @property {Readonly<Tracks>} tracks
 * @property {boolean} [soundOnly] whether the other's picture is not wanted
 * @property {typeof RTCPeerConnection} Peer
 * @property {(data: SignalData) => void} send
 * @property {(stream: MediaStream) => void} onstream the other's picture and sound, again whenever a track comes
 * @property {(media: Media) => void} onmedia
 * @property {() => void} onstuck this connection will never be one; a new one may
 */

/** Milliseconds the polite side leaves the first offer to the other: mostly both begin in the same moment, and one of two crossing
 * offers is made for nothing. Not more, for after a reload the other does not know that it should. */
const HEAD_START = 500;

/** Milliseconds without an answer after which an offer is sent again. One to somebody who is just then coming back may be lost, and
 * where its sender is the impolite one, who ignores the other's, nothing would ever come of either. */
const UNANSWERED = 4_000;

/** The direction that sends as before, and receives or does not. @param {RTCRtpTransceiverDirection} direction @param {boolean} receives @returns {RTCRtpTransceiverDirection} */
export function directed(direction, receives) {
  const sends = direction === 'sendrecv' || direction === 'sendonly';
  if (receives) return sends ? 'sendrecv' : 'recvonly';
  return sends ? 'sendonly' : 'inactive';
}

export class Negotiation {
  /** @param {Options} options */
  constructor(options) {
    const pc = new options.Peer({ iceServers: options.iceServers });
    this.pc = pc;
    this.options = options;
    this.makingOffer = false;
    this.answering = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.turn = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.unanswered = undefined;
    this.candidates = new CandidateQueue(pc);
    this.watch = new IceWatch(pc, options.onmedia, options.onstuck);
    this.stream = new MediaStream();
    /** @type {Partial<Record<Kind, RTCRtpSender>>} */
    this.senders = {};
    pc.onnegotiationneeded = () => this.#offerInTurn();
    pc.onicecandidate = ({ candidate }) => {
      this.watch.gathered ||= candidate !== null;
      options.send({ candidate: candidate?.toJSON() ?? null });
    };
    pc.ontrack = ({ streams, track }) => options.onstream(streams[0] ?? new MediaStream([track]));
    this.#addTracks(options.tracks);
  }

  /** Whether this is an offer that crosses ours and is left aside. @param {RTCSessionDescriptionInit} description */
  ignores({ type }) {
    const free = !this.makingOffer && (this.pc.signalingState === 'stable' || this.answering);
    return type === 'offer' && !free && !this.options.polite;
  }

  /** Whether this comes from another connection than the one we talk to. @param {RTCSessionDescriptionInit} description */
  isForeign({ sdp }) {
    const known = origin(this.pc.remoteDescription?.sdp).session;
    return known !== '' && origin(sdp).session !== known;
  }

  /** @param {SignalData} data */
  async receive({ description, candidate, candidates }) {
    if (description !== undefined) await this.#describe(description);
    for (const one of candidates ?? (candidate === undefined ? [] : [candidate])) await this.candidates.add(one);
  }

  /** Sends this track from now on, or nothing of this kind. @param {Kind} kind @param {MediaStreamTrack | undefined} track */
  async setTrack(kind, track) {
    const sender = this.senders[kind];
    if (sender !== undefined) await sender.replaceTrack(track ?? null);
    else if (track !== undefined) this.senders[kind] = this.pc.addTrack(track, this.stream);
  }

  /** Asks for the other's picture, or does without. @param {boolean} soundOnly */
  setSoundOnly(soundOnly) {
    this.options = { ...this.options, soundOnly };
    this.#direct();
  }

  /** The signalling is back: offer again what may have been lost, and nothing where media never stopped (E6). */
  refresh() {
    const { pc } = this;
    if (pc.signalingState === 'have-local-offer' && pc.localDescription !== null) {
      this.options.send({ description: pc.localDescription });
    } else if (pc.connectionState !== 'connected' && pc.remoteDescription !== null) {
      pc.restartIce();
    }
  }

  close() {
    clearTimeout(this.turn);
    clearTimeout(this.unanswered);
    this.watch.stop();
    this.pc.close();
  }

  /** @param {Readonly<Tracks>} tracks */
  #addTracks({ audio, video }) {
    if (audio !== undefined) this.senders.audio = this.pc.addTrack(audio, this.stream);
    if (video !== undefined) this.senders.video = this.pc.addTrack(video, this.stream);
    if (audio !== undefined || video !== undefined) return;
    // With neither camera nor microphone there would be no offer; one that only receives gets the other's picture (E5).
    this.pc.addTransceiver('audio', { direction: 'recvonly' });
    if (!this.options.soundOnly) this.pc.addTransceiver('video', { direction: 'recvonly' });
  }

  /** Pictures come only where they are wanted; a change of direction is negotiated as any other. */
  #direct() {
    for (const transceiver of this.pc.getTransceivers()) {
      if (transceiver.receiver.track.kind !== 'video' || transceiver.direction === 'stopped') continue;
      const next = directed(transceiver.direction, !this.options.soundOnly);
      if (next !== transceiver.direction) transceiver.direction = next;
    }
  }

  #offerInTurn() {
    const first = this.pc.remoteDescription === null && this.pc.localDescription === null;
    if (!first || !this.options.polite) return this.#offer();
    this.turn = setTimeout(() => {
      if (this.pc.remoteDescription === null && this.pc.signalingState === 'stable') void this.#offer();
    }, HEAD_START);
    return Promise.resolve();
  }

  async #offer() {
    try {
      this.makingOffer = true;
      await this.#describeOurselves();
      this.#awaitAnswer();
    } finally {
      this.makingOffer = false;
    }
  }

  #awaitAnswer() {
    clearTimeout(this.unanswered);
    this.unanswered = setTimeout(() => {
      if (this.pc.signalingState !== 'have-local-offer') return;
      this.refresh();
      this.#awaitAnswer();
    }, UNANSWERED);
  }

  async #describeOurselves() {
    try {
      await this.pc.setLocalDescription();
    } catch (error) {
      if (this.pc.signalingState !== 'closed') throw error; // somebody who leaves in the middle of a step is no error
    }
    if (this.pc.localDescription !== null) this.options.send({ description: this.pc.localDescription });
  }

  /** @param {RTCSessionDescriptionInit} description */
  async #describe(description) {
    this.candidates.lenient = this.ignores(description);
    if (this.candidates.lenient || this.#isSpent(description)) return;
    if (this.#isAnswered(description)) await this.#answerAgain(description);
    else await this.#take(description);
  }

  /** @param {RTCSessionDescriptionInit} description */
  async #take(description) {
    this.answering = description.type === 'answer';
    try {
      await this.pc.setRemoteDescription(description); // rolls our own offer back where we are polite
    } finally {
      this.answering = false;
    }
    await this.candidates.release();
    if (this.options.soundOnly) this.#direct(); // the other may have offered a picture just now
    if (description.type === 'offer') await this.#describeOurselves();
  }

  /** An answer that came before: our offer was sent twice. By now it may be our next offer that waits for one, and taking the old
   * answer for it would leave what is new in it unsent for good. @param {RTCSessionDescriptionInit} description */
  #isSpent({ type, sdp }) {
    if (type !== 'answer') return false;
    const last = this.pc.remoteDescription;
    return this.pc.signalingState === 'stable' || (last !== null && origin(sdp).version <= origin(last.sdp).version);
  }

  /** An offer that was sent twice: our answer may be lost, or still on its way. @param {RTCSessionDescriptionInit} description */
  #isAnswered({ type, sdp }) {
    const last = this.pc.currentRemoteDescription;
    return type === 'offer' && last?.type === 'offer' && origin(sdp).version === origin(last.sdp).version;
  }

  /** The very answer of before, so that it is known for it (`#isSpent`). @param {RTCSessionDescriptionInit} description */
  async #answerAgain({ sdp }) {
    for (const candidate of candidatesIn(sdp)) await this.candidates.add(candidate);
    if (this.pc.currentLocalDescription !== null) this.options.send({ description: this.pc.currentLocalDescription });
  }
}
