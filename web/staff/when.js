// Times as the front desk says them: the clinic's own, wherever this page is looked at.

import { words } from '../lib/i18n.js';
import { clockTime, dateIn, dayAfter, shortDayAndTime } from '../lib/time.js';
import { locale, t } from '../ui/page.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {string} zone the clinic's */
export function clinicTimes(zone) {
  /** "Today, 14:05" or "Tue 24 Nov, 14:05". @param {string} instant @returns {Text} */
  function when(instant) {
    const today = dateIn(Date.now(), zone);
    const its = dateIn(instant, zone);
    const time = clockTime(instant, locale, zone);
    if (its === today) return t('desk.today', { time });
    return its === dayAfter(today) ? t('desk.tomorrow', { time }) : words(shortDayAndTime(instant, locale, zone));
  }

  return {
    when,
    /** @param {{ starts_at: string, ends_at: string }} appointment */
    span: ({ starts_at: start, ends_at: end }) => t('desk.span', { start: when(start), end: clockTime(end, locale, zone) }),
    /** As a date field has it. @param {string | number} instant */
    dateOf: (instant) => dateIn(instant, zone),
  };
}
