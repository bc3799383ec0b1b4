// Whether the patient can cancel here, until when, and what to do after that (C6, C10).

import { h } from '../ui/dom.js';
import { instantLines } from '../ui/instant-lines.js';
import { t } from '../ui/page.js';
import { phoneLine } from '../ui/refusal.js';

/** @typedef {import('../lib/shown.js').OwnLink} OwnLink */

/** @param {Pick<OwnLink, 'can_cancel' | 'cancel_until' | 'time_zone' | 'phone'>} link @param {() => void} oncancel @returns {HTMLElement[]} */
export function cancelPart({ can_cancel: can, cancel_until: until, time_zone: zone, phone }, oncancel) {
  const when = until === null ? [] : instantLines(until, zone, 'p', 'at');
  if (can) {
    const deadline = until === null ? [] : [h('p', {}, t('details.cancelUntil')), ...when];
    return [...deadline, h('button', { type: 'button', class: 'secondary', id: 'cancel', onclick: oncancel }, t('details.cancel'))];
  }
  const past = until === null ? [] : [h('div', { class: 'notice' }, h('p', {}, t('details.cancelPast')), ...when), phoneLine(phone)];
  return past.filter((line) => line !== null);
}
