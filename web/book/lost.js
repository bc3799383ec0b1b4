// A time that is not to be had any more, said kindly, with the nearest ones that are.

import { h } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';
import { phoneLine } from '../ui/refusal.js';
import { taker } from './take.js';
import { dayWords } from './when.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/shown.js').Slot} Slot */

/** @param {import('./open.js').Desk} desk @param {import('./open.js').Loss} loss @param {import('./open.js').Steps} steps */
export function lostView(desk, { why, again, nearest }, steps) {
  const title = t(/** @type {Key} */ (`book.lost.${why}.title`));
  entitle(title);
  const { time_zone: zone, phone } = desk.offer.clinic;
  const taking = taker(desk, steps);
  const others = nearest.filter(({ starts_at: start }) => start !== again?.starts_at);

  /** @param {Slot} slot @param {'primary' | 'secondary'} kind */
  const button = (slot, kind) => h('button', { type: 'button', class: `time wide ${kind}`, onclick: () => taking.take(slot) }, ...dayWords(slot, zone));

  const element = h('section', { class: 'column' },
    h('h1', {}, title),
    h('p', {}, t(/** @type {Key} */ (`book.lost.${why}.text`))),
    ...(again === null ? [] : [h('p', {}, t('book.lost.free')), h('p', {}, button(again, 'primary'))]),
    ...(others.length === 0 ? [] : [h('h2', { id: 'nearest' }, t('book.lost.nearest')),
      h('ul', { class: 'nearest', 'aria-labelledby': 'nearest' }, ...others.map((slot) => h('li', {}, button(slot, 'secondary'))))]),
    h('p', {}, h('button', { type: 'button', class: 'secondary', id: 'all', onclick: steps.choose }, t('book.lost.all'))),
    phoneLine(phone),
    taking.element);
  return { element };
}
