// When media is not connected, restart ICE: after a failure at once, after a short break only if it does not heal (E1, D6).

/** Milliseconds. A changed network shows as `disconnected`; most heal within 2 to 4 s. */
const HEALING = 5_000;
/** Milliseconds. First pause between restarts, doubled up to the longest. */
const RESTART = 1_000;
const LONGEST = 16_000;
/** Milliseconds. Expired TURN credentials leave a connection `new` for ever, never `failed` (measured with coturn). */
const PATIENCE = 20_000;
/** Milliseconds. Agreed, and not one candidate of ours: Chromium at times never begins to gather (seen where a second tab of one
 * person takes over while the first lets go), and a restart does not help; a new connection does. */
const BEGIN = 2_000;

export class IceWatch {
  /**
   * @param {RTCPeerConnection} pc
   * @param {(media: import('./negotiation.js').Media) => void} onmedia
   * @param {() => void} onstuck only a new connection will do
   */
  constructor(pc, onmedia, onstuck) {
    this.pc = pc;
    this.onstuck = onstuck;
    /** Whether any candidate of ours was found. */
    this.gathered = false;
    this.onmedia = onmedia;
    this.pauseBefore = RESTART;
    this.stopped = false;
    /** Asks for fresh TURN credentials and sees to it that they are used (E2). Never fails, and never takes long. */
    this.fresh = () => Promise.resolve();
    pc.onconnectionstatechange = () => this.#look();
    pc.onsignalingstatechange = () => this.#agreed();
    this.timer = setTimeout(() => this.#fail(), PATIENCE);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  #agreed() {
    if (this.stopped || this.pc.signalingState !== 'stable' || this.pc.connectionState !== 'new') return;
    this.#after(BEGIN, () => {
      if (this.gathered) this.#after(PATIENCE, () => this.#fail());
      else this.#freshly(() => this.onstuck());
    });
  }

  #look() {
    if (this.stopped) return;
    const state = this.pc.connectionState;
    if (state === 'connected') this.#connected();
    else if (state === 'disconnected') this.#interrupted();
    else if (state === 'failed') this.#fail();
  }

  #connected() {
    clearTimeout(this.timer);
    this.pauseBefore = RESTART;
    this.onmedia('connected');
  }

  #interrupted() {
    this.onmedia('connecting');
    this.#after(HEALING, () => this.#freshly(() => this.pc.restartIce()));
  }

  #fail() {
    // Nobody has answered yet: that says nothing about this network, and must not count as failed media (F3).
    if (this.pc.remoteDescription === null) {
      this.#after(PATIENCE, () => this.#fail());
      return;
    }
    this.onmedia('failed');
    this.#after(this.pauseBefore, () => this.#freshly(() => {
      this.pc.restartIce();
      this.#after(PATIENCE, () => this.#fail());
    }));
    this.pauseBefore = Math.min(LONGEST, this.pauseBefore * 2);
  }

  /** What is gathered next needs credentials that are good; those of before may have expired. @param {() => void} act */
  #freshly(act) {
    void this.fresh().then(() => {
      if (!this.stopped && this.pc.connectionState !== 'connected') act();
    });
  }

  /** @param {number} milliseconds @param {() => void} act */
  #after(milliseconds, act) {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, milliseconds);
  }
}
