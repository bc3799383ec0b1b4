// One practitioner in the set-up: video on or off.

import { changePractitioner } from '../lib/calls/staff.js';
import { words } from '../lib/i18n.js';
import { h } from '../ui/dom.js';
import { videoSwitch } from './video-switch.js';

/**
 * @param {import('../lib/shown.js').Practitioner} practitioner
 * @param {import('./desk.js').Desk} desk
 * @param {import('./setup.js').Tell} tell
 * @param {import('./setup.js').Changed} changed
 */
export function practitionerLine({ id, name: called, video_enabled: on }, desk, tell, changed) {
  const name = words(called);
  const change = (/** @type {boolean} */ video) => changePractitioner(desk.api, id, { video_enabled: video });
  return h('li', {}, h('div', {}, h('p', { class: 'who' }, name)), videoSwitch({ kind: 'practitioner', id, name, on, change }, desk, tell, changed));
}
