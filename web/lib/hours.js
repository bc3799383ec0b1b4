// A practitioner's weekly hours and what differs from them on single days, in the order in which people read them. Pure.

import { isOvernight, lengthOf } from './day-minutes.js';
import { dayAfter } from './time.js';

/** @typedef {import('./shown.js').AvailabilityWindow} AvailabilityWindow */
/** @typedef {import('./shown.js').Exception} Exception */

/** 0 is Monday, as in the API. */
export const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];

/** Each weekday's windows, the earliest first; all seven days are there. @param {readonly AvailabilityWindow[]} windows */
export function byWeekday(windows) {
  return WEEKDAYS.map((weekday) => windows.filter((each) => each.weekday === weekday)
    .sort((one, other) => one.start_minute - other.start_minute || (one.valid_from ?? '').localeCompare(other.valid_from ?? '')));
}

/** On which it ends: closed over days (C10), or over midnight. @param {Pick<Exception, 'date' | 'until' | 'start_minute' | 'end_minute'>} exception */
export function lastDayOf({ date, until, ...span }) {
  return until ?? (isOvernight(span) ? dayAfter(date) : date);
}

/** What is still to come, the next first. @param {readonly Exception[]} exceptions @param {string} today "2026-11-24" */
export function toCome(exceptions, today) {
  return exceptions.filter((each) => lastDayOf(each) >= today)
    .sort((one, other) => one.date.localeCompare(other.date) || one.start_minute - other.start_minute);
}

/** How many appointments fit, with the pause between them. @param {{ start_minute: number, end_minute: number, slot_minutes: number | null, buffer_minutes: number | null }} hours */
export function slotsIn({ slot_minutes: slot, buffer_minutes: buffer, ...span }) {
  const pause = buffer ?? 0;
  return slot === null || slot <= 0 ? 0 : Math.max(0, Math.floor((lengthOf(span) + pause) / (slot + pause)));
}

/** @param {AvailabilityWindow} window @param {string} today @returns {'now' | 'later' | 'over'} whether it is valid then */
export function validity({ valid_from: from, valid_until: until }, today) {
  if (until !== null && until < today) return 'over';
  return from !== null && from > today ? 'later' : 'now';
}
