// Days that have free times, each a heading with a list of buttons.

import { h } from '../ui/dom.js';
import { dayHeading, timeWords } from './when.js';

/** @typedef {import('../lib/shown.js').Slot} Slot */

/**
 * @param {readonly { date: string, slots: readonly Slot[] }[]} days @param {string} today @param {string} zone the clinic's
 * @param {(slot: Slot) => void} take
 */
export function daysList(days, today, zone, take) {
  return days.map(({ date, slots }) => h('section', { class: 'day', 'aria-labelledby': `day-${date}` },
    h('h3', { id: `day-${date}` }, dayHeading(date, today)),
    h('ul', { class: 'times', 'aria-labelledby': `day-${date}` },
      ...slots.map((slot) => h('li', {}, h('button', { type: 'button', class: 'time', onclick: () => take(slot) }, ...timeWords(slot, zone)))))));
}
