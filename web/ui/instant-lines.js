// An instant on both clocks, each on a line of its own.

import { h } from './dom.js';
import { inBothZones } from './words.js';

/** @param {string} instant @param {string | null} zone the clinic's @param {'dd' | 'p' | 'span'} [tag] @param {string} [kind] its class */
export function instantLines(instant, zone, tag = 'dd', kind = '') {
  return inBothZones(instant, zone).map((line) => h(tag, kind === '' ? {} : { class: kind }, line));
}
