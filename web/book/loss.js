// What is left of a time that is kept no longer: whether it is still free, and the nearest others (C4).

import { ApiProblem } from '../lib/api.js';
import { extendHold } from '../lib/calls/booking.js';
import { problemOf } from '../ui/problem.js';

/** @typedef {import('../lib/shown.js').Slot} Slot */
/** @typedef {import('./open.js').Loss} Loss */

/** @param {ApiProblem} problem `hold_expired`, or whatever came instead @param {Slot} slot @returns {Loss} */
export function lossOf({ facts }, slot) {
  return { why: 'expired', again: facts['still_free'] === true ? slot : null, nearest: facts['nearest'] ?? [] };
}

/**
 * The server says what is left only to whoever asks to keep it, which comes too late now.
 * @param {import('./open.js').Desk} desk @param {import('../lib/calls/booking.js').HoldKey} key @param {Slot} slot @returns {Promise<Loss>}
 */
export async function lossAfter(desk, key, slot) {
  const problem = await extendHold(desk.api, key).then(() => new ApiProblem('unreachable'), problemOf);
  return lossOf(problem, slot);
}
