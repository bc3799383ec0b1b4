// A time is kept: until when, for whom it is, and booking it.

import { confirm } from '../lib/calls/booking.js';
import { h } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';
import { phoneLine } from '../ui/refusal.js';
import { data } from '../ui/words.js';
import { bookForm } from './book-form.js';
import { keptTime } from './kept.js';
import { whenFact } from './when.js';

/** @typedef {import('../lib/calls/booking.js').Hold} Hold */
/** @typedef {import('../lib/calls/booking.js').Details} Details */

/** @param {import('./open.js').Desk} desk @param {Hold} hold @param {import('./open.js').Steps} steps */
export function heldView(desk, hold, steps) {
  entitle(t('book.held'));
  const { time_zone: zone, phone } = desk.offer.clinic;
  const key = /** @type {import('../lib/hold-store.js').Kept} */ (desk.store.load());
  const kept = keptTime(desk, key, hold, steps);

  /** @param {Details | null} details null: known by the link */
  async function book(details) {
    desk.store.save({ ...key, told: toldOf(details) }); // before, since the answer may be lost
    steps.booked(await confirm(desk.api, key, details));
  }

  const element = h('section', { class: 'column' },
    h('h1', {}, t('book.held')),
    h('dl', { class: 'facts' }, ...whenFact(hold.starts_at, zone),
      h('dt', {}, t('book.with')), h('dd', {}, data(hold.practitioner_name)),
      h('dt', {}, t('book.what')), h('dd', {}, t('book.typeLine', { type: data(hold.type_name), minutes: minutesOf(hold) }))),
    kept.element,
    bookForm(desk, book, kept.refused),
    phoneLine(phone));
  return { element, close: kept.close };
}

/** @param {Details | null} details @returns {import('../lib/hold-store.js').Told} */
function toldOf(details) {
  if (details === null) return 'known';
  if (details.email !== undefined) return 'mail';
  return details.phone === undefined ? 'here' : 'phone';
}

/** @param {Hold} hold */
function minutesOf({ starts_at: start, ends_at: end }) {
  return Math.round((Date.parse(end) - Date.parse(start)) / 60_000);
}
