// One visit behind an address: when on both clocks, with whom, its link, or why there is none.

import { yoursText } from '../ui/check-words.js';
import { h, say } from '../ui/dom.js';
import { instantLines } from '../ui/instant-lines.js';
import { t } from '../ui/page.js';
import { data, dayClock } from '../ui/words.js';

/** @typedef {import('../lib/shown.js').Entry} Entry */

/** The visit that is open or next. @param {Entry} entry @param {string} zone @param {import('../lib/server-clock.js').ServerClock} clock */
export function nextVisit(entry, zone, clock) {
  const heading = h('h2', {});
  const element = h('div', { class: 'card visit' }, heading, ...lines(entry, zone),
    h('dl', { class: 'facts' }, h('dt', {}, t('address.opens')), ...instantLines(entry.window.opens_at, zone)),
    way(entry, 'primary'));
  const isOpen = () => clock.now() >= Date.parse(entry.window.opens_at);
  const update = () => say(heading, entry.link !== null && isOpen() ? t('address.now') : t('address.next'));
  update();
  return { element, update };
}

/** @param {Entry} entry @param {string} zone */
export function visitRow(entry, zone) {
  return h('li', { class: 'card visit' }, ...lines(entry, zone), way(entry, 'secondary'));
}

/** @param {Entry} entry @param {string} zone */
function lines({ starts_at: start, practitioner_name: practitioner }, zone) {
  return [
    ...instantLines(start, zone, 'p', 'when'),
    ...(practitioner === null ? [] : [h('p', {}, t('address.with', { practitioner: data(practitioner) }))]),
  ];
}

/** @param {Entry} entry @param {'primary' | 'secondary'} kind */
function way({ starts_at: start, link, failed }, kind) {
  if (link !== null) {
    return h('a', { class: `button ${kind}`, href: link, 'aria-label': t('address.goTo', { when: dayClock(start) }) }, t('address.go'));
  }
  return h('div', { class: 'notice warn' }, h('p', {}, t('address.noLink')), h('ul', {}, ...failed.map((code) => h('li', {}, yoursText(code)))));
}
