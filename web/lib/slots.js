// Free times in the order in which people look for one: weeks from today on, days in the clinic's zone, the next free time. Pure.

import { dateIn, dayAfter } from './time.js';

/** @typedef {import('./shown.js').Slot} Slot */
/** @typedef {{ from: string, to: string }} Range days of the clinic, `to` exclusive */

const WEEK = 7;

/** How far ahead there is anything to look for: the API answers for a year (C1). */
export const WEEKS = 52;

/** @param {string} today "2026-11-24" @param {number} week 0 begins today @returns {Range} */
export function weekOf(today, week) {
  return { from: dayAfter(today, week * WEEK), to: dayAfter(today, (week + 1) * WEEK) };
}

/** Which week that day is in. @param {string} today @param {string} date */
export function weekWith(today, date) {
  return Math.floor(Math.round((Date.parse(date) - Date.parse(today)) / 86_400_000) / WEEK);
}

/**
 * Where to look for the next free time after a week without one: little at first, then far. Usually the first answer has it.
 * @param {string} today @param {number} week the empty one @returns {Range[]}
 */
export function searches(today, week) {
  const ends = [week + 1, week + 5, week + 13, WEEKS].map((end) => Math.min(end, WEEKS));
  return ends.slice(1).map((end, index) => ({ from: dayAfter(today, (ends[index] ?? 0) * WEEK), to: dayAfter(today, end * WEEK) }))
    .filter(({ from, to }) => from < to);
}

/** The days that have free times, each with its own. @param {readonly Slot[]} slots in order @param {string} zone */
export function byDay(slots, zone) {
  /** @type {Map<string, Slot[]>} */
  const days = new Map();
  for (const slot of slots) {
    const date = dateIn(slot.starts_at, zone);
    days.set(date, [...(days.get(date) ?? []), slot]);
  }
  return [...days].map(([date, its]) => ({ date, slots: its }));
}

/** One of each time, whoever has it: where several are free then, one of them by chance, so that nobody gets all. @param {readonly Slot[]} slots @param {() => number} [random] */
export function oneEach(slots, random = Math.random) {
  /** @type {Map<string, Slot[]>} */
  const times = new Map();
  for (const slot of slots) times.set(slot.starts_at, [...(times.get(slot.starts_at) ?? []), slot]);
  return [...times.values()].flatMap((same) => same[Math.floor(random() * same.length)] ?? []);
}
