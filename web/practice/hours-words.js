// Hours as people say them.

import { clockOf, isOvernight, isWholeDay, spanOf } from '../lib/day-minutes.js';
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

/** "22:30 – 02:00 the next day". @param {{ start_minute: number, end_minute: number }} span */
export const spanWords = (span) => (isOvernight(span) ? t('hours.overnight', { span: spanOf(span) }) : data(spanOf(span)));

/** "Monday, 09:00 – 11:00". @param {AvailabilityWindow} window */
export const windowName = (window) => t('hours.name', { day: dayName(window.weekday), span: spanWords(window) });

/** "Tue, 24 Nov 2026, all day"; "Tue, 24 Nov 2026 – Thu, 26 Nov 2026, all day". @param {Pick<Exception, 'date' | 'until' | 'start_minute' | 'end_minute'>} exception */
export function exceptionName({ date, until, ...span }) {
  const day = dateWords(date);
  if (until === null) return t('hours.name', { day, span: isWholeDay(span) ? t('hours.allDay') : spanWords(span) });
  const last = dateWords(until);
  if (isWholeDay(span)) return t('hours.name', { day: t('exception.days', { day, last }), span: t('hours.allDay') });
  return t('exception.daysAt', { day, last, start: clockOf(span.start_minute), end: clockOf(span.end_minute) });
}

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
