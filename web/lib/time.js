// Times as people read them, in two zones, days and weeks.

/**
 * Whole hours, minutes and seconds left, for a countdown. Never negative; rounded up, so that 0 means now.
 * @param {number} milliseconds
 */
export function left(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  return {
    days: Math.floor(seconds / 86_400),
    hours: Math.floor((seconds % 86_400) / 3_600),
    minutes: Math.floor((seconds % 3_600) / 60),
    seconds: seconds % 60,
  };
}

/** "14:05" in a zone. @param {string | number} instant @param {string} locale @param {string} [zone] the viewer's where none is given */
export function clockTime(instant, locale, zone) {
  return format(instant, locale, { timeStyle: 'short' }, zone);
}

/** "Tuesday, 24 November, 14:05" in a zone. @param {string | number} instant @param {string} locale @param {string} [zone] */
export function dayAndTime(instant, locale, zone) {
  return format(instant, locale, { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' }, zone);
}

/** "Tue 24 Nov" in a zone. @param {string | number} instant @param {string} locale @param {string} [zone] */
export function shortDay(instant, locale, zone) {
  return format(instant, locale, { weekday: 'short', day: 'numeric', month: 'short' }, zone);
}

/** "24 November 2026" in a zone. @param {string | number} instant @param {string} locale @param {string} [zone] */
export function dayOf(instant, locale, zone) {
  return format(instant, locale, { dateStyle: 'long' }, zone);
}

/** "2026-11-24" in a zone, as a date field has it. @param {string | number} instant @param {string} zone */
export function dateIn(instant, zone) {
  const shown = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(new Date(instant));
  const part = (/** @type {string} */ type) => shown.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** The day after "2026-11-24", whatever the clocks do; or so many days after it. @param {string} date @param {number} [days] */
export function dayAfter(date, days = 1) {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** "Tue, 24 Nov 2026" of "2026-11-24". @param {string} date @param {string} locale */
export function dateText(date, locale) {
  return format(`${date}T12:00:00Z`, locale, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }, 'UTC');
}

/** "Tuesday, 24 November" of "2026-11-24". @param {string} date @param {string} locale */
export function longDateText(date, locale) {
  return format(`${date}T12:00:00Z`, locale, { weekday: 'long', day: 'numeric', month: 'long' }, 'UTC');
}

/** "24 – 30 November" of two dates. @param {string} first @param {string} last @param {string} locale */
export function datesText(first, last, locale) {
  const how = /** @type {const} */ ({ day: 'numeric', month: 'long', timeZone: 'UTC' });
  return new Intl.DateTimeFormat(locale, how).formatRange(new Date(`${first}T12:00:00Z`), new Date(`${last}T12:00:00Z`));
}

/** "Tue 14:05" in a zone. @param {string | number} instant @param {string} locale @param {string} zone */
export function weekdayAndTime(instant, locale, zone) {
  return format(instant, locale, { weekday: 'short', hour: 'numeric', minute: '2-digit' }, zone);
}

/** "Monday" of 0, as the API counts. @param {number} weekday @param {string} locale */
export function weekdayName(weekday, locale) {
  return format(Date.UTC(2024, 0, 1 + weekday, 12), locale, { weekday: 'long' }, 'UTC'); // that January began on a Monday
}

/** The place in a zone's name: "Sydney" of Australia/Sydney. @param {string} zone */
export function placeOf(zone) {
  return (zone.split('/').pop() ?? zone).replaceAll('_', ' ');
}

export function viewerZone() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether clocks in two zones show the same at that instant. @param {string | number} instant @param {string} one @param {string} other */
export function sameClock(instant, one, other) {
  return dayAndTime(instant, 'en', one) === dayAndTime(instant, 'en', other);
}

/** @param {string | number} instant @param {string} locale @param {Intl.DateTimeFormatOptions} how @param {string | undefined} zone */
function format(instant, locale, how, zone) {
  return new Intl.DateTimeFormat(locale, { ...how, ...(zone === undefined ? {} : { timeZone: zone }) }).format(new Date(instant));
}

/** "90 minutes", "24 hours": no days, which decline after some words. @param {number} minutes @param {string} locale */
export function lengthText(minutes, locale) {
  const hours = minutes / 60;
  const [count, unit] = Number.isInteger(hours) ? [hours, 'hour'] : [minutes, 'minute'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 }).format(count);
}
