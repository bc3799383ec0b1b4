// ICE candidates may come before the description they belong to, and after one that was ignored (perfect negotiation).

export class CandidateQueue {
  /** @param {Pick<RTCPeerConnection, 'remoteDescription' | 'addIceCandidate'>} pc */
  constructor(pc) {
    this.pc = pc;
    /** Candidates of an offer that was ignored may be refused. */
    this.lenient = false;
    /** @type {(RTCIceCandidateInit | null)[]} */
    this.early = [];
  }

  /** Null and an empty candidate (Firefox) mark the end of the other's candidates. @param {RTCIceCandidateInit | null} candidate */
  async add(candidate) {
    if (this.pc.remoteDescription === null) this.early.push(candidate);
    else await this.#give(candidate);
  }

  /** The remote description is there. */
  async release() {
    for (const candidate of this.early.splice(0)) await this.#give(candidate);
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  async #give(candidate) {
    // The end of candidates is news only to a browser that would otherwise wait; some refuse it in this form or that.
    const expendable = this.lenient || candidate === null || candidate.candidate === '';
    try {
      await this.pc.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      // OperationError: of an older generation (its ufrag is gone after an ICE restart). The new ones are on their way.
      if (!expendable && /** @type {Error} */ (error).name !== 'OperationError') throw error;
    }
  }
}
