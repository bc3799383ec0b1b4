// What a change would concern, as a list one can scroll by keyboard.

import { h } from './dom.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {Text} intro @param {readonly Text[]} lines @returns {HTMLElement[]} */
export function affectedList(intro, lines) {
  return [h('p', {}, intro), h('ul', { class: 'affected', tabindex: '0', 'aria-label': intro }, ...lines.map((line) => h('li', {}, line)))];
}
