// A caller says whom they are to see and when; here is what stands in their way (B3).

import { ApiProblem } from '../lib/api.js';
import { findAround, links, practitioners } from '../lib/calls/staff.js';
import { words } from '../lib/i18n.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { counted } from '../ui/words.js';
import { refusalText } from './refused.js';
import { rowLists } from './row.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').Found} Found */
/** @typedef {import('../lib/shown.js').LinkRow} LinkRow */

/** @param {HTMLElement} place @param {import('./desk.js').Desk} desk */
export function findSection(place, desk) {
  const names = h('datalist', { id: 'find-names' });
  const name = h('input', { id: 'find-name', type: 'text', list: 'find-names', autocomplete: 'off', spellcheck: 'false' });
  const day = h('input', { id: 'find-day', type: 'date', value: desk.times.today() });
  const time = h('input', { id: 'find-time', type: 'time' });
  const news = h('div', { role: 'status' });
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const list = h('ul', { class: 'rows' });
  const lists = rowLists(desk);
  let asked = false;
  place.append(h('h1', {}, t('find.heading')), h('p', {}, t('find.text')),
    h('form', { class: 'filter card', novalidate: true, onsubmit: submit },
      h('div', {}, h('label', { for: 'find-name' }, t('find.practitioner')), name, names),
      h('div', {}, h('label', { for: 'find-day' }, t('find.day')), day),
      h('div', {}, h('label', { for: 'find-time' }, t('find.time')), time),
      h('button', { type: 'submit', class: 'primary', id: 'find-do' }, t('find.do'))),
    trouble, news, list);

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const empty = [name, day, time].find((field) => field.value.trim() === '');
    say(trouble, empty === undefined ? '' : t('find.missing'));
    if (empty === undefined) void find();
    else empty.focus();
  }

  async function find() {
    try {
      const { items } = await findAround(desk.api, name.value.trim(), `${day.value} ${time.value}`);
      const rows = await Promise.all(items.map(withPeople));
      asked = true;
      lists.fill([{ list, rows }], rows.length === 1);
      tell(rows.length);
    } catch (error) {
      lists.fill([{ list, rows: [] }]);
      news.replaceChildren();
      say(trouble, whyNot(problemOf(error)));
    }
  }

  /** @param {number} count */
  function tell(count) {
    news.replaceChildren(count === 0 ? h('p', { class: 'notice' }, t('find.none')) : h('h2', {}, counted(count, 'find.found.one', 'find.found.other')));
  }

  /** The same appointment with everybody's link, which the answer to a caller does not hold. @param {Found} found @returns {Promise<LinkRow>} */
  async function withPeople({ appointment, checks }) {
    try {
      const { patient, practitioner, starts_at: from } = appointment;
      const to = new Date(Date.parse(from) + 1_000).toISOString();
      const { items } = await links(desk.api, { patient, practitioner, from, to });
      return items.find((each) => each.appointment.id === appointment.id) ?? { appointment, checks, people: [] };
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return { appointment, checks, people: [] };
    }
  }

  async function open() {
    names.replaceChildren(...(await practitioners(desk.api).catch(none)).map((each) => h('option', { value: each.name }, words(each.name))));
  }

  desk.lists.push(() => { if (asked && !place.hidden) void find(); });
  return { open };
}

/** Names to choose from are a help, no more. @param {unknown} error @returns {[]} */
function none(error) {
  problemOf(error);
  return [];
}

/** @param {ApiProblem} problem @returns {Text} */
function whyNot(problem) {
  const known = { practitioner_unknown: t('find.unknown'), time_nonexistent: t('find.skipped'), time_ambiguous: t('find.twice') };
  return known[/** @type {keyof typeof known} */ (problem.code)] ?? refusalText(problem);
}
