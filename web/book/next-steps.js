// What happens between now and the visit.

import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { inBothZones } from '../ui/words.js';

/** @param {import('../lib/calls/booking.js').Booked} booked @param {string} link @param {string} zone the clinic's @returns {HTMLElement[]} */
export function nextSteps({ window }, link, zone) {
  return [
    h('h2', {}, t('book.nextSteps')),
    h('ul', { class: 'steps' },
      h('li', {}, h('p', {}, t('book.opens')), ...inBothZones(window.opens_at, zone).map((line) => h('p', { class: 'at' }, line)), h('p', {}, t('book.openThen', { join: t('join.button') }))),
      h('li', {}, h('p', {}, t('book.test')), h('p', {}, h('a', { class: 'button secondary', id: 'test', href: link }, t('book.testDo')))),
      h('li', {}, t('book.cancel', { details: t('details.summary') }))),
  ];
}
