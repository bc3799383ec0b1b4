// Which appointments the lists show: a practitioner, a day, a name.

import { practitioners } from '../lib/calls/staff.js';
import { words } from '../lib/i18n.js';
import { dayAfter } from '../lib/time.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';

/** @typedef {import('../lib/shown.js').LinkRow} LinkRow */
/** @typedef {import('./desk.js').Desk} Desk */

/** Milliseconds after the last key: a name is typed before it is looked for. */
const TYPING = 250;

/** @param {Desk} desk @param {() => void} onchange */
export function filterForm(desk, onchange) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  const onname = () => {
    clearTimeout(typing);
    typing = setTimeout(onchange, TYPING);
  };
  const whose = h('select', { id: 'filter-practitioner', onchange }, h('option', { value: '' }, t('desk.everybody')));
  const day = h('input', { id: 'filter-day', type: 'date', onchange });
  const name = h('input', { id: 'filter-name', type: 'search', autocomplete: 'off', spellcheck: 'false', oninput: onname });
  const element = h('form', { class: 'filter', role: 'search', onsubmit: (event) => event.preventDefault() },
    h('div', {}, h('label', { for: 'filter-practitioner' }, t('desk.practitioner')), whose),
    h('div', {}, h('label', { for: 'filter-day' }, t('desk.day')), day),
    h('div', {}, h('label', { for: 'filter-name' }, t('desk.name')), name));

  async function load() {
    const chosen = whose.value;
    const everybody = await practitioners(desk.api);
    desk.names = new Map(everybody.map(({ id, name: its }) => [id, its]));
    const options = everybody.map((each) => h('option', { value: each.id }, words(each.name)));
    whose.replaceChildren(h('option', { value: '' }, t('desk.everybody')), ...options);
    whose.value = chosen;
  }

  return {
    element,
    load,
    isNamed: () => name.value.trim() !== '',
    isActive: () => name.value.trim() !== '' || whose.value !== '' || day.value !== '',
    /** @returns {Record<string, string>} */
    query: () => ({ practitioner: whose.value, ...(day.value === '' ? {} : { from: day.value, to: dayAfter(day.value) }) }),
    /** @param {LinkRow} row */
    fits: ({ appointment, people }) => {
      const asked = name.value.trim().toLocaleLowerCase();
      const said = [desk.patientOf(appointment), desk.practitionerOf(appointment), appointment.id, ...people.map((each) => each.name ?? '')];
      return said.some((each) => each.toLocaleLowerCase().includes(asked));
    },
  };
}
