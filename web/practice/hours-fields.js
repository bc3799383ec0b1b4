// The fields of hours: from when until when, how long an appointment is, and the pause between two.

import { endMinutesOf, fieldOf, isOvernight, lengthOf, minutesOf } from '../lib/day-minutes.js';
import { Missing } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { data } from '../ui/words.js';

/** @typedef {{ start_minute: number, end_minute: number }} Span */
/** @typedef {{ slot_minutes: number, buffer_minutes: number }} Rhythm */

/** Minutes. The longest appointment, and the longest pause. */
const LONGEST = 480;

/** Minutes of hours that run over midnight, as the API has it: longer ones are mixed up. */
const LONGEST_NIGHT = 900;

/** @param {Span} span */
const isNight = (span) => isOvernight(span) && lengthOf(span) <= LONGEST_NIGHT;

/** A field with its label. @param {import('../lib/i18n.js').Text} label @param {HTMLElement & { id: string }} field */
export const labelled = (label, field) => h('div', {}, h('label', { for: field.id }, label), field);

/** @param {Span} span @param {() => boolean} [apart] whether the end is on a later day than the start anyway */
export function spanFields({ start_minute: start, end_minute: end }, apart = () => false) {
  const from = h('input', { id: 'hours-from', type: 'time', value: fieldOf(start) });
  const to = h('input', { id: 'hours-to', type: 'time', value: fieldOf(end), 'aria-describedby': 'hours-midnight' });
  const overnight = h('div', { role: 'status' });
  const element = h('div', { oninput: () => tell() },
    h('div', { class: 'fields' }, labelled(t('hours.start'), from), labelled(t('hours.end'), to)),
    overnight, h('p', { class: 'quiet', id: 'hours-midnight' }, t('hours.midnight')));

  /** What is easily a slip of the finger is said at once. */
  function tell() {
    const [start_minute, end_minute] = [minutesOf(from.value), endMinutesOf(to.value)];
    const is = start_minute !== null && end_minute !== null && !apart() && isNight({ start_minute, end_minute });
    overnight.replaceChildren(...(is ? [h('p', { class: 'notice' }, t('hours.nextDay', { time: data(to.value) }))] : []));
  }

  /** Throws `Missing`. @returns {Span} */
  function value() {
    const start_minute = minutesOf(from.value);
    const end_minute = endMinutesOf(to.value);
    if (start_minute === null) throw new Missing(t('hours.noStart'), from);
    if (end_minute === null) throw new Missing(t('hours.noEnd'), to);
    if (!apart() && end_minute <= start_minute && !isNight({ start_minute, end_minute })) throw new Missing(t('hours.backwards'), to);
    return { start_minute, end_minute };
  }

  tell();
  return { element, value, tell };
}

/** @param {Rhythm} rhythm */
export function rhythmFields({ slot_minutes: slot, buffer_minutes: buffer }) {
  const length = h('input', { id: 'hours-slot', type: 'number', inputmode: 'numeric', min: '1', max: String(LONGEST), value: String(slot) });
  const pause = h('input', { id: 'hours-buffer', type: 'number', inputmode: 'numeric', min: '0', max: String(LONGEST), value: String(buffer) });
  const element = h('div', { class: 'fields' }, labelled(t('hours.slotLabel'), length), labelled(t('hours.bufferLabel'), pause));

  /** Throws `Missing`. @param {Span} span @returns {Rhythm} */
  function value(span) {
    const slot_minutes = Number(length.value);
    const buffer_minutes = Number(pause.value);
    if (!Number.isInteger(slot_minutes) || slot_minutes < 1 || slot_minutes > LONGEST) throw new Missing(t('hours.noSlot'), length);
    if (slot_minutes > lengthOf(span)) throw new Missing(t('hours.tooLong'), length);
    if (!Number.isInteger(buffer_minutes) || buffer_minutes < 0 || buffer_minutes > LONGEST) throw new Missing(t('hours.noBuffer'), pause);
    return { slot_minutes, buffer_minutes };
  }

  return { element, value };
}
