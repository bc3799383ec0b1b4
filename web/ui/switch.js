// Something that is on or off, changed by a press once it has really changed.

import { h, say } from './dom.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/**
 * @param {object} how
 * @param {string} how.id
 * @param {Text} how.label what is on or off, whole
 * @param {readonly [off: Text, on: Text]} how.words
 * @param {boolean} how.on
 * @param {(on: boolean) => void} how.onpress asked to become so
 */
export function switchButton({ id, label, words: [off, on], on: isOn, onpress }) {
  const word = h('span', { class: 'switch-word', 'aria-hidden': 'true' });
  const element = h('button', { type: 'button', class: 'switch', role: 'switch', id, 'aria-label': label, onclick: () => onpress(!now) },
    h('span', { class: 'switch-track', 'aria-hidden': 'true' }), word);
  let now = isOn;

  /** @param {boolean} next */
  function update(next) {
    now = next;
    element.setAttribute('aria-checked', String(next));
    say(word, next ? on : off);
  }

  update(isOn);
  return { element, update };
}
