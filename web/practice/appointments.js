// The practitioner's own appointments: upcoming first, or what has been; cancel with a reason (C5, C6).

import { ApiProblem } from '../lib/api.js';
import { appointments } from '../lib/calls/appointments.js';
import { h } from '../ui/dom.js';
import { announce, t } from '../ui/page.js';
import { appointmentRow, nameOf } from './appointment-row.js';
import { askToCancel } from './cancel.js';

/** @typedef {import('../lib/api.js').Api} Api */
/** @typedef {import('../lib/shown.js').Appointment} Appointment */

/** Milliseconds. How far "Last 30 days" looks back. */
const BACK = 30 * 86_400_000;

/** @param {HTMLElement} place @param {Api} api */
export function appointmentsSection(place, api) {
  const choice = h('select', { id: 'list-show', onchange: () => void load() },
    h('option', { value: 'upcoming' }, t('list.upcoming')), h('option', { value: 'past' }, t('list.past')));
  const status = h('div', { role: 'status' });
  const list = h('ul', { class: 'appointments' });
  const more = h('button', { type: 'button', class: 'secondary', hidden: true, onclick: () => void next() }, t('list.more'));
  /** @type {string | null} */
  let cursor = null;
  /** Of two loads under way only the later one counts. */
  let turn = 0;
  place.append(h('h1', {}, t('list.heading')),
    h('div', { class: 'filter' }, h('label', { for: 'list-show' }, t('list.show')), choice), status, list, more);

  async function load() {
    cursor = null;
    await next();
  }

  async function next() {
    const mine = (turn += 1);
    if (cursor === null) status.replaceChildren(h('p', { class: 'quiet' }, t('list.loading')));
    try {
      const page = await appointments(api, { ...query(), ...(cursor === null ? {} : { cursor }) });
      if (mine === turn) showPage(page);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (mine === turn) failed(error);
    }
  }

  /** @returns {Record<string, string>} */
  function query() {
    const now = new Date();
    return choice.value === 'past' ? { from: new Date(now.getTime() - BACK).toISOString(), to: now.toISOString() } : {};
  }

  /** @param {{ items: Appointment[], next_cursor: string | null }} page */
  function showPage({ items, next_cursor: nextCursor }) {
    const rows = items.map((appointment) => appointmentRow(appointment, () => cancel(appointment)));
    if (cursor === null) list.replaceChildren(...rows);
    else list.append(...rows);
    cursor = nextCursor;
    more.hidden = nextCursor === null;
    status.replaceChildren(...(list.childElementCount === 0 ? [h('p', {}, t('list.empty'))] : []));
  }

  /** @param {ApiProblem} problem */
  function failed({ code }) {
    const refused = code === 'unauthenticated' || code === 'forbidden' || code.startsWith('token_');
    list.replaceChildren();
    more.hidden = true;
    status.replaceChildren(h('p', { class: 'notice warn' }, refused ? t('list.refused') : t('list.unreachable')),
      h('button', { type: 'button', class: 'secondary', onclick: () => void load() }, t('list.again')));
  }

  /** @param {Appointment} appointment */
  function cancel(appointment) {
    askToCancel(appointment, api, () => {
      announce(t('list.cancelled', { name: nameOf(appointment) }));
      void load();
    });
  }

  return { load };
}
