// After a cancelled visit its patient can choose another time at once (C6), where the clinic lets people book themselves.

import { ApiProblem } from '../lib/api.js';
import { booking } from '../lib/calls/booking.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';

/** @typedef {import('../lib/api.js').Api} Api */

const CANCELLED = ['cancelled', 'cancelled_by_you'];

/**
 * @param {import('../lib/visit-state.js').State} state @param {Api} api
 * @returns {HTMLElement[]} nothing where no visit was cancelled; empty for whom there is nothing to choose, such as a guest
 */
export function rebooking({ refusal }, api) {
  if (!CANCELLED.includes(refusal?.code ?? '')) return [];
  const element = h('div', { class: 'next', hidden: true },
    h('h2', {}, t('book.rebook')), h('p', {}, t('book.rebookText')),
    h('a', { class: 'button primary', id: 'rebook', href: `/b/@#${api.token}` }, t('book.back')));
  void offered(api).then((is) => { element.hidden = !is; });
  return [element];
}

/** @param {Api} api */
async function offered(api) {
  try {
    const { self_booking: open, practitioners, types } = await booking(api, {});
    return open && practitioners.length > 0 && types.length > 0;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    return false; // the clinic's phone number is there all the same
  }
}
