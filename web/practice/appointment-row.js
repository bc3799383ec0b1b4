// One appointment in the list; opened, everything about it. Kept and updated, so that what is read or pressed stays where it is.

import { canDo } from '../lib/can-do.js';
import { h } from '../ui/dom.js';
import { historyOf } from '../ui/history.js';
import { t } from '../ui/page.js';
import { isUnnamed } from '../ui/roles.js';
import { serverClock } from '../ui/server-clock.js';
import { data } from '../ui/words.js';
import { askToCancel, askToReschedule, askToSet, refused } from './appointment-acts.js';
import { factsOf } from './appointment-facts.js';
import { pillOf } from './appointment-state.js';

/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('./diary.js').Diary} Diary */

/** @param {Appointment} first @param {Diary} diary @param {boolean} open */
export function appointmentRow(first, diary, open) {
  const summary = h('summary', {});
  const facts = h('div', {});
  const tools = h('div', { class: 'buttons tools' });
  const past = historyOf(first.id, diary, refused);
  const details = h('details', { class: 'row', open, ontoggle: fill }, summary, h('div', { class: 'row-body' }, facts, tools, past.element));
  const element = h('li', {}, details);
  let appointment = first;
  let summed = '';
  let filled = '';

  /** @param {Appointment} next */
  function update(next) {
    appointment = next;
    const now = JSON.stringify(next);
    if (now !== summed) summary.replaceChildren(...summaryParts(next, diary));
    summed = now;
    fill();
  }

  function fill() {
    const acts = actsOf(appointment, diary);
    const now = JSON.stringify([appointment, acts.map(({ id }) => id)]);
    if (!details.open || now === filled) return;
    filled = now;
    const focused = document.activeElement?.id ?? '';
    facts.replaceChildren(factsOf(appointment, diary));
    tools.replaceChildren(...acts);
    past.update();
    if (focused !== '' && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  update(first);
  return { element, update };
}

/** @param {Appointment} appointment @param {Diary} diary */
function summaryParts(appointment, diary) {
  const { text, tone } = pillOf(appointment);
  return [
    h('span', { class: 'when' }, h('time', { dateTime: appointment.starts_at }, diary.times.span(appointment))), data(' '),
    h('strong', { class: 'whom' }, diary.nameOf(appointment)), data(' '),
    h('span', { class: `pill ${tone}` }, text),
  ];
}

/** Only what would work now. @param {Appointment} appointment @param {Diary} diary @returns {HTMLElement[]} */
function actsOf(appointment, diary) {
  const can = canDo(appointment, serverClock.now());
  const values = { about: diary.about(appointment) };
  const { id } = appointment;
  const all = t('list.onlyPatient', { name: diary.nameOf(appointment) });
  return [
    ...(can.complete ? [button(`complete-${id}`, t('list.complete'), t('list.completeWho', values), () => askToSet(appointment, 'complete', diary))] : []),
    ...(can.noShow ? [button(`no-show-${id}`, t('list.noShow'), t('list.noShowWho', values), () => askToSet(appointment, 'no-show', diary))] : []),
    ...(can.move ? [button(`move-${id}`, t('list.move'), t('list.moveWho', values), () => askToReschedule(appointment, diary))] : []),
    ...(can.cancel ? [button(`cancel-${id}`, t('list.cancel'), t('list.cancelWho', values), () => askToCancel(appointment, diary))] : []),
    ...(isUnnamed(appointment) ? [] : [button(`only-${id}`, all, all, () => diary.onlyPatient(appointment))]),
  ];
}

/** @param {string} id @param {Text} label @param {Text} whole for a screen reader, which hears buttons without their row @param {() => void} act */
function button(id, label, whole, act) {
  return h('button', { type: 'button', class: 'secondary', id, 'aria-label': whole, onclick: act }, label);
}
