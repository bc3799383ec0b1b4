// Data and times as words in the viewer's language.

import { words } from '../lib/i18n.js';
import { clockTime, dayAndTime, dayOf, placeOf, sameClock, viewerZone } from '../lib/time.js';
import { locale, t } from './page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** A name, a reason, a phone number: shown as it is. @param {string} data */
export const data = words;

/** @param {string | number} instant @returns {Text} */
export const clock = (instant) => words(clockTime(instant, locale));

/** @param {string | number} instant @returns {Text} */
export const dayClock = (instant) => words(dayAndTime(instant, locale));

/** @param {string | number} instant @returns {Text} */
export const day = (instant) => words(dayOf(instant, locale));

const PLURAL = new Intl.PluralRules(locale);

/** So many of something, in the form that number takes. @param {number} count @param {Key} one @param {Key} other @returns {Text} */
export function counted(count, one, other) {
  return t(PLURAL.select(count) === 'one' ? one : other, { count });
}

/** "14:05" at the clinic, for those who work there. @param {string | number} instant @param {string | null} zone null: not known yet @returns {Text} */
export const clinicClock = (instant, zone) => words(clockTime(instant, locale, zone ?? viewerZone()));

/** "14:05"; where one's own clock shows another time, both, and whose they are. @param {string | number} instant @param {string | null} zone the clinic's @returns {Text} */
export function clockInBoth(instant, zone) {
  const here = viewerZone();
  if (zone === null || sameClock(instant, zone, here)) return clinicClock(instant, zone);
  return t('time.both', { clinic: clockTime(instant, locale, zone), place: placeOf(zone), time: clockTime(instant, locale, here), here: placeOf(here) });
}

/** Whose clock a page of those who work at the clinic goes by. @param {string} zone the clinic's @param {number} now @returns {Text} */
export function zoneWords(zone, now) {
  const here = viewerZone();
  if (sameClock(now, zone, here)) return t('staff.zone', { place: placeOf(zone) });
  return t('staff.zones', { place: placeOf(zone), here: placeOf(here) });
}

/**
 * An instant for people, one line for each clock that differs: the clinic's and the viewer's (A6).
 * @param {string} instant
 * @param {string | null} clinicZone
 * @returns {Text[]}
 */
export function inBothZones(instant, clinicZone) {
  const here = viewerZone();
  if (clinicZone === null || sameClock(instant, clinicZone, here)) return [t('early.when', { when: dayAndTime(instant, locale) })];
  return [
    t('early.inClinic', { when: dayAndTime(instant, locale, clinicZone), place: placeOf(clinicZone) }),
    t('early.here', { when: dayAndTime(instant, locale, here), place: placeOf(here) }),
  ];
}
