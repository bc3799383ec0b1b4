// What happens between now and the visit.

import { h } from '../ui/dom.js';
import { instantLines } from '../ui/instant-lines.js';
import { t } from '../ui/page.js';

/**
 * @param {Pick<import('../lib/calls/booking.js').Booked, 'window' | 'starts_at'>} booked @param {string} link
 * @param {{ zone: string, cancelMinutes: number, now: number }} clinic
 * @returns {HTMLElement[]}
 */
export function nextSteps({ window, starts_at: start }, link, { zone, cancelMinutes, now }) {
  return [
    h('h2', {}, t('book.nextSteps')),
    h('ul', { class: 'steps' },
      h('li', {}, h('p', {}, t('book.opens')), ...instantLines(window.opens_at, zone, 'p', 'at'), h('p', {}, t('book.openThen', { join: t('join.button') }))),
      h('li', {}, h('p', {}, t('book.test')), h('p', {}, h('a', { class: 'button secondary', id: 'test', href: link }, t('book.testDo')))),
      ...cancelStep(start, cancelMinutes, zone, now)),
  ];
}

/** As late as the clinic's policy says (C10). @param {string} start @param {number} minutes @param {string} zone @param {number} now */
function cancelStep(start, minutes, zone, now) {
  if (minutes === 0) return [h('li', {}, t('book.cancel', { details: t('details.summary') }))];
  const until = Date.parse(start) - minutes * 60_000;
  if (until <= now) return [h('li', {}, t('book.cancelCall'))];
  return [h('li', {}, h('p', {}, t('book.cancel', { details: t('details.summary') })), h('p', {}, t('book.cancelUntil')),
    ...instantLines(new Date(until).toISOString(), zone, 'p', 'at'))];
}
