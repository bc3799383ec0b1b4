// After a reload: the time this tab keeps goes on being kept, and what was booked is shown again.

import { confirm, holdNow } from '../lib/calls/booking.js';
import { isAway } from '../lib/codes.js';
import { problemOf } from '../ui/problem.js';
import { lossAfter } from './loss.js';
import { troubleView } from './moments.js';

/** @typedef {import('./open.js').Desk} Desk */
/** @typedef {import('./open.js').Steps} Steps */
/** @typedef {import('../lib/hold-store.js').Kept} Kept */

/** @param {Desk} desk @param {Steps} steps */
export async function comeBackToHold(desk, steps) {
  const kept = desk.store.load();
  if (kept === null) {
    steps.choose();
    return;
  }
  try {
    await goOn(desk, steps, kept);
  } catch (error) {
    const problem = problemOf(error);
    if (isAway(problem.code)) steps.stopped(troubleView(problem, () => void comeBackToHold(desk, steps)));
    else anew(desk, steps);
  }
}

/** @param {Desk} desk @param {Steps} steps @param {Kept} kept */
async function goOn(desk, steps, kept) {
  const hold = await holdNow(desk.api, kept);
  desk.clock.hear(hold.server_time);
  const isToCome = Date.parse(hold.ends_at) > desk.clock.now();
  if (hold.status === 'held') {
    steps.held(hold);
  } else if (hold.status === 'confirmed' && isToCome) {
    steps.booked(await confirm(desk.api, kept, null));
  } else if (hold.status === 'expired' && isToCome) {
    desk.store.forget();
    steps.lost(await lossAfter(desk, kept, hold));
  } else {
    anew(desk, steps);
  }
}

/** @param {Desk} desk @param {Steps} steps */
function anew(desk, steps) {
  desk.store.forget();
  steps.choose();
}
