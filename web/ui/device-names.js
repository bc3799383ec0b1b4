// What a device is called in a list: as its label says, phones' cameras by where they look (E3).

import { facing } from '../lib/device-list.js';
import { t } from './page.js';
import { data } from './words.js';

/** @typedef {import('../lib/device-list.js').Device} Device */
/** @typedef {import('../lib/device-list.js').Sort} Sort */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {Sort} sort @param {readonly Device[]} list @returns {Text[]} in the list's order */
export function deviceNames(sort, list) {
  return list.map((device, index) => nameOf(sort, device, index, list));
}

/** @param {Sort} sort @param {Device} device @param {number} index @param {readonly Device[]} list */
function nameOf(sort, { label }, index, list) {
  if (label === '') return t(`settings.unnamed.${sort}`, { number: index + 1 });
  const way = sort === 'videoinput' ? facing(label) : null;
  if (way === null) return data(label.replace(/ \([\da-f]{4}:[\da-f]{4}\)$/i, '')); // Chromium adds the maker's number
  const alike = list.filter((other) => facing(other.label) === way);
  const camera = t(`settings.${way}`);
  return alike.length === 1 ? camera : t('settings.several', { camera, number: alike.findIndex((other) => other === list[index]) + 1 });
}
