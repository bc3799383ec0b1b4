// What is wrong with camera or microphone, and what to do (E5).

import { h } from './dom.js';
import { t } from './page.js';

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */
/** @typedef {import('../lib/i18n.js').Key} Key */

/** @param {OwnMedia} own @returns {HTMLElement[]} a line for each device that cannot be used */
export function failureLines(own) {
  return Object.entries(own.failures).map(([kind, failure]) =>
    h('p', { class: 'notice warn' }, t(/** @type {Key} */ (`device.${kind}.${failure}`))));
}
