// Times as the booking page says them: the clinic's, and the viewer's beside it where that clock shows another.

import { words } from '../lib/i18n.js';
import { clockTime, dayAfter, dayAndTime, lengthText, longDateText, placeOf, sameClock, viewerZone, weekdayAndTime } from '../lib/time.js';
import { h } from '../ui/dom.js';
import { instantLines } from '../ui/instant-lines.js';
import { locale, t } from '../ui/page.js';
import { serverClock } from '../ui/server-clock.js';
import { data } from '../ui/words.js';

/** @typedef {import('../lib/shown.js').Slot} Slot */

/** "Today, Tuesday, 24 November". @param {string} date "2026-11-24" @param {string} today */
export function dayHeading(date, today) {
  const its = words(longDateText(date, locale));
  if (date === today) return t('book.today', { date: its });
  return date === dayAfter(today) ? t('book.tomorrow', { date: its }) : its;
}

/** Said once above the times. @param {string} zone */
export function zonesLine(zone) {
  const here = viewerZone();
  if (sameClock(serverClock.now(), zone, here)) return null;
  return h('p', { class: 'notice', id: 'zones' }, t('book.zones', { clinic: data(placeOf(zone)), here: data(placeOf(here)) }));
}

/** Nothing that begins sooner is offered here (C10). @param {number} minutes */
export function leadLine(minutes) {
  return minutes === 0 ? null : h('p', { class: 'quiet', id: 'lead' }, t('book.lead', { time: words(lengthText(minutes, locale)) }));
}

/** The words of a button for one time of a day. @param {Slot} slot @param {string} zone */
export function timeWords({ starts_at: start }, zone) {
  const here = viewerZone();
  const its = h('span', {}, words(clockTime(start, locale, zone)));
  return sameClock(start, zone, here) ? [its] : [its, h('span', { class: 'quiet' }, words(weekdayAndTime(start, locale, here)))];
}

/** "Tuesday, 24 November, 14:05" at the clinic. @param {string} instant @param {string} zone */
export const clinicWhen = (instant, zone) => words(dayAndTime(instant, locale, zone));

/** With its day, on both clocks. @param {Slot} slot @param {string} zone */
export function dayWords({ starts_at: start }, zone) {
  return instantLines(start, zone, 'span');
}

/** @param {string} instant @param {string} zone */
export function whenFact(instant, zone) {
  return [h('dt', {}, t('book.when')), ...instantLines(instant, zone)];
}
