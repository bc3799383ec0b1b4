// The catalogues' words, in the viewer's language. A page can show only `Text`: what came from here, or data marked as such.

import { de } from './strings/de.js';
import { en } from './strings/en.js';

/** @typedef {keyof typeof en} Key */
/** Words of a catalogue, or data. `tsc` refuses a plain string where a `Text` belongs. @typedef {string & { words: 'of a catalogue, or data' }} Text */
/** @typedef {Readonly<Record<string, Text | string | number>>} Values */
/** @typedef {(key: Key, values?: Values) => Text} Translate */

/** @type {Readonly<Record<string, Readonly<Record<Key, string>>>>} */
export const CATALOGUES = { en, de };

/** The first of the viewer's languages that we have. @param {readonly string[]} wanted BCP 47 tags in order @returns {string} */
export function chooseLocale(wanted) {
  const known = wanted.find((tag) => language(tag) in CATALOGUES);
  return known ?? 'en';
}

/** @param {string} tag */
export function language(tag) {
  return (tag.split('-', 1)[0] ?? '').toLowerCase();
}

/** @param {string} locale @returns {Translate} */
export function translator(locale) {
  const catalogue = CATALOGUES[language(locale)] ?? en;
  return (key, values = {}) => words(catalogue[key].replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? '')));
}

/** Data that is shown as it is: a name, a reason, a phone number. @param {string} data @returns {Text} */
export function words(data) {
  return /** @type {Text} */ (data);
}
