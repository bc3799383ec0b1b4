// Times as the front desk says them: the clinic's own, wherever this page is looked at.

import { words } from '../lib/i18n.js';
import { clockTime, dateIn, dayAfter, shortDayAndTime } from '../lib/time.js';
import { locale, t } from '../ui/page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {string} zone the clinic's */
export function clinicTimes(zone) {
  /** @param {string} instant @param {readonly [today: Key, tomorrow: Key]} near @returns {Text} */
  function said(instant, [ofToday, ofTomorrow]) {
    const today = dateIn(Date.now(), zone);
    const its = dateIn(instant, zone);
    const time = clockTime(instant, locale, zone);
    if (its === today) return t(ofToday, { time });
    return its === dayAfter(today) ? t(ofTomorrow, { time }) : words(shortDayAndTime(instant, locale, zone));
  }

  /** "Today, 14:05" or "Tue 24 Nov, 14:05". @param {string} instant */
  const when = (instant) => said(instant, ['desk.today', 'desk.tomorrow']);

  return {
    when,
    /** The same within a sentence. @param {string} instant */
    at: (instant) => said(instant, ['desk.todayAt', 'desk.tomorrowAt']),
    /** @param {{ starts_at: string, ends_at: string }} appointment */
    span: ({ starts_at: start, ends_at: end }) => t('desk.span', { start: when(start), end: clockTime(end, locale, zone) }),
    /** As a date field has it. @param {string | number} instant */
    dateOf: (instant) => dateIn(instant, zone),
  };
}
