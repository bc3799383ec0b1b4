// Who the visit is for, where the link does not say it; and the button that books it.

import { oneAtATime } from '../ui/act.js';
import { Missing } from '../ui/ask.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { detailFields } from './detail-fields.js';
import { refusedText } from './refused.js';

/** @typedef {import('../lib/calls/booking.js').Details} Details */
/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */

/** What the hold itself was refused for; said where it is shown. */
const OF_THE_HOLD = ['hold_expired', 'hold_not_found', 'state_conflict'];

/**
 * @param {import('./open.js').Desk} desk whose link says who it is for, or who says so here
 * @param {(details: Details | null) => Promise<void>} book
 * @param {(problem: ApiProblem) => void} onlost
 */
export function bookForm(desk, book, onlost) {
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const fields = desk.known ? null : detailFields(desk.entered, desk.offer.sends_links);
  const tried = oneAtATime(trouble, refused);

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    void tried(() => book(fields === null ? null : fields.value()));
  }

  /** @param {unknown} error */
  function refused(error) {
    if (error instanceof Missing) {
      error.field.focus();
      return;
    }
    const problem = problemOf(error);
    if (OF_THE_HOLD.includes(problem.code)) onlost(problem);
    else if (fields === null || !fields.complain(problem)) say(trouble, refusedText(problem));
  }

  return h('form', { class: 'card', novalidate: true, onsubmit: submit },
    ...(fields === null ? [h('p', {}, t('book.known'))] : [h('h2', {}, t('book.details')), ...fields.elements]),
    trouble,
    h('button', { type: 'submit', class: 'primary large', id: 'book' }, t('book.confirm')));
}
