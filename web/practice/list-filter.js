// Which appointments are listed: those to come, the last weeks, or days one chooses; of one state; of one patient (C5).

import { dayAfter } from '../lib/time.js';
import { h, say } from '../ui/dom.js';
import { STATUSES, statusText } from '../ui/history-words.js';
import { t } from '../ui/page.js';
import { serverClock } from '../ui/server-clock.js';

/** Milliseconds. How far "Last 30 days" looks back. */
const BACK = 30 * 86_400_000;

/** @param {() => string} today as a date field has it @param {() => void} onchange */
export function listFilter(today, onchange) {
  const which = h('select', { id: 'list-show', onchange: turn },
    h('option', { value: 'upcoming' }, t('list.upcoming')), h('option', { value: 'past' }, t('list.past')), h('option', { value: 'days' }, t('list.days')));
  const status = h('select', { id: 'list-status', onchange }, h('option', { value: '' }, t('list.anyStatus')),
    ...STATUSES.map((each) => h('option', { value: each }, statusText(each))));
  const from = h('input', { id: 'list-from', type: 'date', onchange });
  const to = h('input', { id: 'list-to', type: 'date', onchange });
  const days = [h('div', { hidden: true }, h('label', { for: 'list-from' }, t('list.from')), from), h('div', { hidden: true }, h('label', { for: 'list-to' }, t('list.to')), to)];
  const name = h('span', {});
  const only = h('p', { class: 'notice only', hidden: true }, name, h('button', { type: 'button', class: 'secondary small', id: 'list-everybody', onclick: () => limit(null) }, t('list.everybody')));
  let patient = '';
  const element = h('div', {},
    h('form', { class: 'filter', role: 'search', onsubmit: (event) => event.preventDefault() },
      h('div', {}, h('label', { for: 'list-show' }, t('list.show')), which), h('div', {}, h('label', { for: 'list-status' }, t('list.status')), status), ...days),
    only);

  function turn() {
    for (const field of days) field.hidden = which.value !== 'days';
    if (which.value === 'days' && from.value === '') from.value = today();
    onchange();
  }

  /** @param {{ patient: string, name: import('../lib/i18n.js').Text } | null} whom null: everybody again */
  function limit(whom) {
    patient = whom?.patient ?? '';
    only.hidden = whom === null;
    if (whom !== null) say(name, t('list.only', { name: whom.name }));
    (whom === null ? which : only.querySelector('button'))?.focus();
    onchange();
  }

  /** @returns {Record<string, string>} */
  function span() {
    const now = serverClock.now();
    if (which.value === 'past') return { from: new Date(now - BACK).toISOString(), to: new Date(now).toISOString() };
    if (which.value === 'days') return chosen();
    return status.value === '' ? {} : { from: today() };
  }

  /** @returns {Record<string, string>} */
  function chosen() {
    const ends = { ...(from.value === '' ? {} : { from: from.value }), ...(to.value === '' ? {} : { to: dayAfter(to.value) }) };
    // Without any bound the server would list what is to come.
    return Object.keys(ends).length > 0 || status.value !== '' ? ends : { status: STATUSES.join(',') };
  }

  return {
    element,
    limit,
    isBackwards: () => which.value === 'days' && from.value !== '' && to.value !== '' && to.value < from.value,
    /** @returns {Record<string, string>} */
    query: () => ({ ...span(), ...(status.value === '' ? {} : { status: status.value }), patient }),
    /** What an empty list says. */
    nothing: () => (patient !== '' || status.value !== '' || which.value !== 'upcoming' ? t('list.empty') : t('list.emptyUpcoming')),
  };
}
