// Minutes since midnight, as the API has hours (C1), and the words of a time field. Pure.

/** A day has so many; as an end it is midnight, 24:00. */
export const DAY = 1_440;

/** "09:00" of 540; 1440 is "24:00". @param {number} minutes */
export function clockOf(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** As a time field has it, which knows no 24:00. @param {number} minutes */
export function fieldOf(minutes) {
  return clockOf(minutes % DAY);
}

/** @param {string} text of a time field @returns {number | null} null: nothing whole was entered */
export function minutesOf(text) {
  const [, hours, minutes] = /^(\d{2}):(\d{2})/.exec(text) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

/** The same of an end: 00:00 is the end of the day, not its beginning. @param {string} text */
export function endMinutesOf(text) {
  const minutes = minutesOf(text);
  return minutes === 0 ? DAY : minutes;
}

/** So many minutes, over midnight where the end comes before the start (C10). @param {{ start_minute: number, end_minute: number }} span */
export function lengthOf({ start_minute: start, end_minute: end }) {
  return end > start ? end - start : end + DAY - start;
}

/** Whether it ends on the next day. @param {{ start_minute: number, end_minute: number }} span */
export function isOvernight({ start_minute: start, end_minute: end }) {
  return end < start;
}

/** "09:00 – 11:00". @param {{ start_minute: number, end_minute: number }} span */
export function spanOf({ start_minute: start, end_minute: end }) {
  return `${clockOf(start)} – ${clockOf(end)}`;
}

/** Whether it is the whole day. @param {{ start_minute: number, end_minute: number }} span */
export function isWholeDay({ start_minute: start, end_minute: end }) {
  return start === 0 && end === DAY;
}
