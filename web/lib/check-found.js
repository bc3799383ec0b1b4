// What a device check found, in words of a catalogue: the same judgement for the one who tests and for the practitioner's queue.

/** @typedef {'ok' | 'failed' | 'denied' | 'absent' | 'busy' | boolean} Finding */
/**
 * PROTOCOL.md's `check`; what was not tried is not in it.
 * @typedef {{ camera?: Finding, microphone?: Finding, speaker?: Finding, relay?: Finding, echo?: Finding } & import('./echo-stats.js').Measured} Found
 */
/** @typedef {'camera' | 'microphone' | 'speaker' | 'connection' | 'weak'} Complaint */

/** Milliseconds there and back from which people begin to talk over each other (ITU-T G.114: 400). */
const SLOW = 400;
/** The share of lost packets from which a voice is hard to follow. */
const LOSSY = 0.05;

const BAD = ['failed', 'denied', 'absent', 'busy', false];

/** @param {Finding | undefined} finding */
export function isBad(finding) {
  return finding !== undefined && BAD.includes(finding);
}

/** @param {Finding | undefined} finding */
function isGood(finding) {
  return finding !== undefined && !isBad(finding);
}

/** @param {Found} found @returns {Complaint[]} */
export function complaints(found) {
  const devices = /** @type {const} */ (['camera', 'microphone', 'speaker']);
  return [...devices.filter((name) => isBad(found[name])), ...connection(found)];
}

/** A relay out of reach matters little where the call came about without it, and may matter elsewhere. @param {Found} found @returns {Complaint[]} */
function connection({ echo, relay, rtt_ms: rtt = 0, loss = 0 }) {
  if (isBad(echo) || (isBad(relay) && !isGood(echo))) return ['connection'];
  return isBad(relay) || rtt > SLOW || loss > LOSSY ? ['weak'] : [];
}

/** What a visit needs. Only an echo call shows how good picture and sound will be; a relay is tried where there is one. */
const NEEDED = /** @type {const} */ (['camera', 'microphone', 'speaker', 'echo']);

/** What was left out, or is still to be tried. @param {Found} found */
export function untested(found) {
  return NEEDED.filter((name) => found[name] === undefined);
}

/** Whether everything a visit needs was tried and is good. @param {Found} found */
export function isAllGood(found) {
  return complaints(found).length === 0 && untested(found).length === 0;
}
