// Times as whoever works at the clinic says them: the clinic's own, wherever the page is looked at.

import { words } from '../lib/i18n.js';
import { clockTime, dateIn, dateText, dayAfter, shortDay } from '../lib/time.js';
import { locale, t } from './page.js';
import { serverClock } from './server-clock.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {ReturnType<typeof clinicTimes>} ClinicTimes */

/** "Tue, 24 Nov 2026" of "2026-11-24". @param {string} date */
export const dateWords = (date) => words(dateText(date, locale));

/** @param {string} zone the clinic's; or another, whose times are said beside it */
export function clinicTimes(zone) {
  /** @param {string} instant @param {readonly [today: Key, tomorrow: Key]} near @returns {Text} */
  function said(instant, [ofToday, ofTomorrow]) {
    const today = dateIn(serverClock.now(), zone);
    const its = dateIn(instant, zone);
    const time = clockTime(instant, locale, zone);
    if (its === today) return t(ofToday, { time });
    return its === dayAfter(today) ? t(ofTomorrow, { time }) : words(`${shortDay(instant, locale, zone)}, ${time}`);
  }

  /** "Today, 14:05" or "Tue 24 Nov, 14:05". @param {string} instant */
  const when = (instant) => said(instant, ['desk.today', 'desk.tomorrow']);

  return {
    zone,
    when,
    /** The same within a sentence. @param {string} instant */
    at: (instant) => said(instant, ['desk.todayAt', 'desk.tomorrowAt']),
    /** @param {import('../lib/shown.js').Times} times */
    span: ({ starts_at: start, ends_at: end }) => t('desk.span', { start: when(start), end: clockTime(end, locale, zone) }),
    /** "14:05". @param {string} instant */
    clock: (instant) => words(clockTime(instant, locale, zone)),
    /** As a date field has it. @param {string | number} instant */
    dateOf: (instant) => dateIn(instant, zone),
    today: () => dateIn(serverClock.now(), zone),
  };
}
