// The fields of hours: from when until when, how long an appointment is, and the pause between two.

import { endMinutesOf, fieldOf, minutesOf } from '../lib/day-minutes.js';
import { Missing } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';

/** @typedef {{ start_minute: number, end_minute: number }} Span */
/** @typedef {{ slot_minutes: number, buffer_minutes: number }} Rhythm */

/** Minutes. The longest appointment, and the longest pause. */
const LONGEST = 480;

/** A field with its label. @param {import('../lib/i18n.js').Text} label @param {HTMLElement & { id: string }} field */
export const labelled = (label, field) => h('div', {}, h('label', { for: field.id }, label), field);

/** @param {Span} span */
export function spanFields({ start_minute: start, end_minute: end }) {
  const from = h('input', { id: 'hours-from', type: 'time', value: fieldOf(start) });
  const to = h('input', { id: 'hours-to', type: 'time', value: fieldOf(end), 'aria-describedby': 'hours-midnight' });
  const element = h('div', {},
    h('div', { class: 'fields' }, labelled(t('hours.start'), from), labelled(t('hours.end'), to)),
    h('p', { class: 'quiet', id: 'hours-midnight' }, t('hours.midnight')));

  /** Throws `Missing`. @returns {Span} */
  function value() {
    const start_minute = minutesOf(from.value);
    const end_minute = endMinutesOf(to.value);
    if (start_minute === null) throw new Missing(t('hours.noStart'), from);
    if (end_minute === null) throw new Missing(t('hours.noEnd'), to);
    if (end_minute <= start_minute) throw new Missing(t('hours.backwards'), to);
    return { start_minute, end_minute };
  }

  return { element, value };
}

/** @param {Rhythm} rhythm */
export function rhythmFields({ slot_minutes: slot, buffer_minutes: buffer }) {
  const length = h('input', { id: 'hours-slot', type: 'number', inputmode: 'numeric', min: '1', max: String(LONGEST), value: String(slot) });
  const pause = h('input', { id: 'hours-buffer', type: 'number', inputmode: 'numeric', min: '0', max: String(LONGEST), value: String(buffer) });
  const element = h('div', { class: 'fields' }, labelled(t('hours.slotLabel'), length), labelled(t('hours.bufferLabel'), pause));

  /** Throws `Missing`. @param {Span} span @returns {Rhythm} */
  function value({ start_minute, end_minute }) {
    const slot_minutes = Number(length.value);
    const buffer_minutes = Number(pause.value);
    if (!Number.isInteger(slot_minutes) || slot_minutes < 1 || slot_minutes > LONGEST) throw new Missing(t('hours.noSlot'), length);
    if (slot_minutes > end_minute - start_minute) throw new Missing(t('hours.tooLong'), length);
    if (!Number.isInteger(buffer_minutes) || buffer_minutes < 0 || buffer_minutes > LONGEST) throw new Missing(t('hours.noBuffer'), pause);
    return { slot_minutes, buffer_minutes };
  }

  return { element, value };
}
