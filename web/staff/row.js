// One appointment of a list: its state at a glance; opened, everything about its links. Kept and updated, so that what a
// person is about to press stays where it is.

import { stateOf } from '../lib/row-state.js';
import { words } from '../lib/i18n.js';
import { h } from '../ui/dom.js';
import { keptLists } from '../ui/kept-lists.js';
import { t } from '../ui/page.js';
import { counted } from '../ui/words.js';
import { whyText } from './check-words.js';
import { rowBody } from './row-body.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').LinkRow} LinkRow */
/** @typedef {import('./desk.js').Desk} Desk */

/** The tones of a state: never said by colour alone. @type {Readonly<Record<import('../lib/row-state.js').RowState['kind'], string>>} */
const TONES = { good: 'good', pending: 'good', untold: 'warn', undelivered: 'warn', takenBack: 'warn', bad: 'bad' };

/** @param {LinkRow} first @param {Desk} desk @param {boolean} [open] */
function rowView(first, desk, open = false) {
  const summary = h('summary', {});
  const body = rowBody(first, desk);
  const details = h('details', { class: 'row', open, ontoggle: () => body.show(details.open) }, summary, body.element);
  const element = h('li', {}, details);
  let told = '';

  /** @param {LinkRow} row */
  function update(row) {
    body.update(row);
    const now = JSON.stringify(row);
    if (told === now) return;
    told = now;
    summary.replaceChildren(...summaryParts(row, desk));
  }

  update(first);
  return { element, update };
}

/** @param {Desk} desk */
export function rowLists(desk) {
  return keptLists((/** @type {LinkRow} */ { appointment }) => appointment.id, (row, open) => rowView(row, desk, open));
}

/** @param {LinkRow} row @param {Desk} desk */
function summaryParts(row, desk) {
  const { appointment } = row;
  const guests = appointment.guests.length;
  const others = guests === 0 ? '' : ` · ${counted(guests, 'desk.guests.one', 'desk.guests.other')}`;
  return [
    h('span', { class: 'when' }, h('time', { dateTime: appointment.starts_at }, desk.times.when(appointment.starts_at))), words(' '),
    h('span', { class: 'whom' }, h('strong', {}, desk.patientOf(appointment)), words(' '),
      h('span', { class: 'quiet' }, words(`${t('desk.with', { practitioner: desk.practitionerOf(appointment) })}${others}`))), words(' '),
    h('span', { class: `pill ${TONES[stateOf(row).kind]}` }, stateText(row, desk)),
  ];
}

/** @param {LinkRow} row @param {Desk} desk @returns {Text} */
function stateText(row, desk) {
  const { kind, code } = stateOf(row);
  if (kind !== 'bad') return t(`state.${kind}`);
  return t('state.bad', { why: whyText(code, row.appointment, desk.practitionerOf(row.appointment)) });
}
