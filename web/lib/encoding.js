// What a sender may use, and that sound goes first (E3). A browser that lacks a member does without; none of it can stop a call.

/** @typedef {import('./quality.js').Limits} Limits */
/** Members newer than the types. @typedef {RTCRtpSendParameters & { degradationPreference?: string }} Parameters */

/** @param {RTCRtpSender} sender @param {Limits} limits @param {boolean} screen @returns {Promise<boolean>} whether the browser took it */
export function limitPicture(sender, limits, screen) {
  return change(sender, (parameters) => {
    // A page that loses lines cannot be read; a face that stutters is harder to follow than one that is less sharp.
    parameters.degradationPreference = screen ? 'maintain-resolution' : 'balanced';
    for (const encoding of parameters.encodings) Object.assign(encoding, limits, { priority: 'low', networkPriority: 'low' });
  });
}

/** @param {RTCRtpSender} sender @returns {Promise<boolean>} whether the browser took it */
export function preferSound(sender) {
  return change(sender, (parameters) => {
    for (const encoding of parameters.encodings) Object.assign(encoding, { priority: 'high', networkPriority: 'high' });
  });
}

/** @param {RTCRtpSender} sender @param {(parameters: Parameters) => void} edit */
async function change(sender, edit) {
  try {
    const parameters = /** @type {Parameters} */ (sender.getParameters());
    if ((parameters.encodings ?? []).length === 0) return false; // nothing is negotiated yet
    edit(parameters);
    await sender.setParameters(parameters);
    return true;
  } catch {
    return false; // InvalidStateError and the like: in the middle of a negotiation, or a member that is not known here
  }
}
