// A call to the echo peer of a device check (E4): our own sound and picture come back, and the way there is measured. Knows no DOM.

import { measured } from './echo-stats.js';

/** @typedef {import('./frames.js').SignalData} SignalData */
/** @typedef {import('./echo-stats.js').Measured} Measured */
/** `absent`: nobody answered, which says nothing of this connection. @typedef {'ok' | 'failed' | 'absent'} Reached */

/** Milliseconds until a call that has not come about is given up: an answer may wait 5 s for a TURN server that is silent. */
const PATIENCE = 15_000;

/** A small picture measures as well as a large one, and costs a phone and the server less. */
const PICTURE = [{ maxBitrate: 250_000, scaleResolutionDownBy: 2, maxFramerate: 12 }];

/**
 * @typedef {object} Options
 * @property {typeof RTCPeerConnection} Peer
 * @property {RTCIceServer[]} iceServers
 * @property {MediaStreamTrack[]} tracks none is fine: then nothing but the round trip is known
 * @property {(data: SignalData) => void} send
 */

export class EchoCall {
  /** @param {Options} options */
  constructor({ Peer, iceServers, tracks, send }) {
    const pc = new Peer({ iceServers });
    this.pc = pc;
    this.send = send;
    pc.onicecandidate = ({ candidate }) => send({ candidate: candidate?.toJSON() ?? null });
    for (const track of tracks) pc.addTransceiver(track, { direction: 'sendrecv', ...(track.kind === 'video' ? { sendEncodings: PICTURE } : {}) });
    if (tracks.length === 0) pc.addTransceiver('audio', { direction: 'recvonly' });
  }

  /** Calls. @param {number} [patience] milliseconds @returns {Promise<Reached>} */
  async connect(patience = PATIENCE) {
    const { pc } = this;
    /** @type {Promise<Reached>} */
    const reached = new Promise((tell) => {
      const timer = setTimeout(() => tell(pc.remoteDescription === null ? 'absent' : 'failed'), patience);
      pc.onconnectionstatechange = () => {
        if (pc.connectionState !== 'connected' && pc.connectionState !== 'failed') return;
        clearTimeout(timer);
        tell(pc.connectionState === 'connected' ? 'ok' : 'failed');
      };
      this.giveUp = () => {
        clearTimeout(timer);
        tell('absent');
      };
    });
    await pc.setLocalDescription();
    if (pc.localDescription !== null) this.send({ description: pc.localDescription });
    return reached;
  }

  /** @param {SignalData} data the answer; its candidates are in it */
  async receive({ description }) {
    if (description?.type !== 'answer' || this.pc.signalingState !== 'have-local-offer') return;
    await this.pc.setRemoteDescription(description);
  }

  /** @param {number} time milliseconds to watch it @returns {Promise<Measured>} */
  async measure(time) {
    // The first second is slow by nature: encoders and the estimate of the bandwidth begin low.
    await pause(time / 3);
    const before = /** @type {Map<string, any>} */ (await this.pc.getStats());
    await pause((time * 2) / 3);
    return measured(before, /** @type {Map<string, any>} */ (await this.pc.getStats()));
  }

  close() {
    this.giveUp?.();
    this.pc.close();
  }
}

/** @param {number} time milliseconds @returns {Promise<void>} */
function pause(time) {
  return new Promise((done) => setTimeout(done, time));
}
