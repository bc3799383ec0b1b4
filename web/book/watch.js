// A hold as the server knows it: asked whenever the tab is looked at again, and when its time is up.

import { holdNow } from '../lib/calls/booking.js';
import { isAway } from '../lib/codes.js';
import { problemOf } from '../ui/problem.js';
import { lossAfter, lossOf } from './loss.js';

/** @typedef {import('../lib/calls/booking.js').Hold} Hold */
/** @typedef {import('../lib/calls/booking.js').HoldKey} HoldKey */
/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */

/**
 * @param {import('./open.js').Desk} desk @param {HoldKey} key @param {Hold} held
 * @param {import('./open.js').Steps} steps where it leads once it is held no more
 * @param {(hold: Hold) => void} onheld it is, perhaps for longer than was known
 */
export function watchHold(desk, key, held, steps, onheld) {
  let now = held;
  let closed = false;

  async function look() {
    try {
      hear(await holdNow(desk.api, key));
    } catch (error) {
      unknown(problemOf(error));
    }
  }

  /** @param {Hold} hold as it was just answered */
  function hear(hold) {
    if (closed) return;
    now = hold;
    desk.clock.hear(hold.server_time);
    if (hold.status === 'held') onheld(hold);
    else if (hold.status === 'confirmed') steps.again(); // in another tab, or its answer was lost
    else void lose();
  }

  /** Without an answer one's own clock has to do. @param {ApiProblem} problem */
  function unknown({ code }) {
    const isUp = desk.clock.now() >= Date.parse(now.expires_at);
    if (code === 'hold_not_found' || (isAway(code) && isUp)) void lose();
  }

  async function lose() {
    const loss = await lossAfter(desk, key, now);
    if (!closed) lost(loss);
  }

  /** @param {import('./open.js').Loss} loss */
  function lost(loss) {
    desk.store.forget();
    steps.lost(loss);
  }

  const seen = () => {
    if (document.visibilityState === 'visible') void look();
  };
  document.addEventListener('visibilitychange', seen);

  function close() {
    closed = true;
    document.removeEventListener('visibilitychange', seen);
  }

  return {
    look: () => void look(),
    hear,
    /** @param {ApiProblem} problem */
    expired: (problem) => lost(lossOf(problem, now)),
    close,
  };
}
