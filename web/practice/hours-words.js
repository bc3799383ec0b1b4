// Hours as people say them.

import { isWholeDay, spanOf } from '../lib/day-minutes.js';
import { slotsIn, validity } from '../lib/hours.js';
import { weekdayName } from '../lib/time.js';
import { dateWords } from '../ui/clinic-times.js';
import { locale, t } from '../ui/page.js';
import { counted, data } from '../ui/words.js';

/** @typedef {import('../lib/shown.js').AvailabilityWindow} AvailabilityWindow */
/** @typedef {import('../lib/shown.js').Exception} Exception */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** "Monday". @param {number} weekday */
export const dayName = (weekday) => data(weekdayName(weekday, locale));

/** "Monday, 09:00 – 11:00". @param {AvailabilityWindow} window */
export const windowName = (window) => t('hours.name', { day: dayName(window.weekday), span: spanOf(window) });

/** "Tue, 24 Nov 2026, all day". @param {Exception} exception */
export const exceptionName = (exception) => t('hours.name', { day: dateWords(exception.date), span: isWholeDay(exception) ? t('hours.allDay') : spanOf(exception) });

/** Into how many appointments they fall. @param {Parameters<typeof slotsIn>[0]} hours @returns {Text[]} */
function slotFacts(hours) {
  const { slot_minutes: slot, buffer_minutes: buffer } = hours;
  if (slot === null) return [];
  return [counted(slotsIn(hours), 'hours.slots.one', 'hours.slots.other'), t('hours.slot', { minutes: slot }),
    ...(buffer === null || buffer === 0 ? [] : [t('hours.buffer', { minutes: buffer })])];
}

/** @param {AvailabilityWindow} window @param {string} today */
export function windowFacts(window, today) {
  const { valid_from: from, valid_until: until } = window;
  return data([
    ...slotFacts(window),
    ...(from === null ? [] : [t('hours.from', { day: dateWords(from) })]),
    ...(until === null ? [] : [validity(window, today) === 'over' ? t('hours.over', { day: dateWords(until) }) : t('hours.until', { day: dateWords(until) })]),
  ].join(' · '));
}

/** @param {Exception} exception */
export function exceptionFacts(exception) {
  return data([...(exception.kind === 'extra' ? slotFacts(exception) : []), ...(exception.note === null ? [] : [exception.note])].join(' · '));
}
