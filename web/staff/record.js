// The record: who did what with links, when and why (A9).

import { record } from '../lib/calls/staff.js';
import { words } from '../lib/i18n.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { actText } from '../ui/history-words.js';
import { problemOf } from '../ui/problem.js';
import { roleOf } from '../ui/roles.js';
import { refusalText } from './refused.js';

/** @typedef {import('../lib/shown.js').Act} Act */
/** @typedef {import('./desk.js').Desk} Desk */

/** @param {HTMLElement} place @param {Desk} desk */
export function recordSection(place, desk) {
  const status = h('div', { role: 'status' });
  const list = h('ol', { class: 'record' });
  const more = h('button', { type: 'button', class: 'secondary', hidden: true, onclick: () => void next() }, t('staff.more'));
  let cursor = '';
  place.append(h('h1', {}, t('record.heading')), h('p', {}, t('record.text')), status, list, more);

  async function open() {
    cursor = '';
    await next();
  }

  async function next() {
    try {
      const page = await record(desk.api, cursor);
      const lines = page.items.map((act) => actLine(act, desk));
      if (cursor === '') list.replaceChildren(...lines);
      else list.append(...lines);
      cursor = page.next_cursor ?? '';
      more.hidden = page.next_cursor === null;
      status.replaceChildren(...(list.childElementCount === 0 ? [h('p', {}, t('record.none'))] : []));
    } catch (error) {
      status.replaceChildren(h('p', { class: 'notice warn' }, refusalText(problemOf(error))));
    }
  }

  return { open };
}

/** A working link's line has the name of whoever it is for. @param {string} person */
function isRole(person) {
  return person === 'patient' || person === 'practitioner' || person.startsWith('guest:');
}

/** @param {Act} act @param {Desk} desk */
function actLine({ at, who, what, appointment, person, reason }, desk) {
  const about = [
    ...(person === null ? [] : [isRole(person) ? roleOf(person) : words(person)]),
    ...(appointment === null ? [] : [t('record.appointment', { id: appointment })]),
    ...(reason === null ? [] : [what === 'webhook_disabled' ? t('record.system', { id: reason }) : t('record.reason', { reason })]),
  ];
  return h('li', {},
    h('p', {}, h('strong', {}, actText(what)), words(` · ${who} · `), h('time', { dateTime: at }, desk.times.at(at))),
    about.length === 0 ? null : h('p', { class: 'quiet' }, words(about.join(' · '))));
}
