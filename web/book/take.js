// One click on a time keeps it; where somebody was quicker, the nearest others are offered.

import { hold } from '../lib/calls/booking.js';
import { oneAtATime } from '../ui/act.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { offView } from './moments.js';
import { refusedText } from './refused.js';

/** @typedef {import('../lib/shown.js').Slot} Slot */
/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */
/** @typedef {import('./open.js').Loss} Loss */

/** @type {Readonly<Record<string, Loss['why']>>} */
const LOST = { slot_taken: 'taken', slot_not_offered: 'gone', slot_in_past: 'past', too_late_to_book: 'soon' };

/**
 * @param {import('./open.js').Desk} desk
 * @param {import('./open.js').Steps} steps
 */
export function taker(desk, steps) {
  const news = h('p', { role: 'status' });
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const tried = oneAtATime(trouble, (error) => refused(problemOf(error)));
  /** @param {Slot} slot */
  async function keep(slot) {
    // A second press after a lost answer asks for the same hold, and not for a time that one has oneself.
    const key = desk.repeat.of(slot.practitioner, slot.starts_at, desk.choice.type);
    say(news, t('book.keeping'));
    try {
      const held = await hold(desk.api, desk.whose, slot, desk.choice.type, key);
      desk.repeat.forget();
      desk.clock.hear(held.server_time);
      desk.store.save({ id: held.id, secret: held.secret, told: desk.known ? 'known' : 'here' });
      steps.held(held);
    } finally {
      say(news, '');
    }
  }

  /** @param {ApiProblem} problem */
  function refused(problem) {
    const why = LOST[problem.code];
    if (why !== undefined) steps.lost({ why, again: null, nearest: problem.facts['nearest'] ?? [] });
    else if (problem.code === 'self_booking_off') steps.stopped(offView(desk.offer.clinic.phone));
    else complain(problem);
  }

  /** What was pressed stays in view (WCAG 2.4.11). @param {ApiProblem} problem */
  function complain(problem) {
    say(trouble, refusedText(problem));
    document.activeElement?.scrollIntoView({ block: 'nearest' });
  }

  return {
    take: (/** @type {Slot} */ slot) => void tried(() => keep(slot)),
    /** Always in view, however long the list is. */
    element: h('div', { class: 'said' }, news, trouble),
  };
}
