// Which of the day's visits is meant: whoever waits first, then what is still to come today.

import { appointments } from '../lib/calls/appointments.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { patientName } from '../ui/roles.js';
import { clinicClock, data } from '../ui/words.js';

/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {{ id: string, name: Text, startsAt: string }} Choice */

/** Milliseconds from now within which a visit is one of this day. */
const TODAY = 18 * 60 * 60_000;

/** @param {Visit} visit @param {import('../lib/api.js').Api} api @param {() => void} onchange another one is chosen, but not by `load` */
export function visitChoice(visit, api, onchange) {
  const select = h('select', { id: 'invite-visit', onchange });
  const field = h('div', { class: 'line' }, h('label', { for: 'invite-visit' }, t('invite.visit')), select);
  const none = h('p', { class: 'quiet' }, t('invite.noVisit'));
  const element = h('div', {}, field, none);
  /** @type {Choice[]} */
  let planned = [];
  let shown = '';

  /** Raises an `ApiProblem`. */
  async function load() {
    const now = visit.clock.now();
    const { items } = await appointments(api, {});
    planned = items.filter(({ status, starts_at: starts, window }) => status === 'confirmed' && Date.parse(starts) - now < TODAY && Date.parse(window.closes_at) > now)
      .map((each) => ({ id: each.id, name: patientName(each), startsAt: each.starts_at }));
    choose();
  }

  function update() {
    if (choose()) onchange();
  }

  /** @returns {boolean} whether another one is chosen than before */
  function choose() {
    const waiting = visit.state.queue.map((waiter) => ({ id: waiter.appointment, name: data(waiter.guest_of ?? waiter.name), startsAt: waiter.starts_at }));
    const choices = [...new Map([...planned, ...waiting].map((each) => [each.id, each])).values()].sort((one, other) => Date.parse(one.startsAt) - Date.parse(other.startsAt));
    field.hidden = choices.length === 0;
    none.hidden = choices.length > 0;
    if (shown === JSON.stringify(choices)) return false;
    shown = JSON.stringify(choices);
    const before = select.value;
    select.replaceChildren(...choices.map(({ id, name, startsAt }) => h('option', { value: id }, t('invite.option', { name, time: clinicClock(startsAt, visit.state.timeZone) }))));
    const wanted = choices.some(({ id }) => id === before) ? before : waiting[0]?.id;
    if (wanted !== undefined) select.value = wanted;
    return select.value !== before;
  }

  return { element, load, update, value: () => select.value };
}
