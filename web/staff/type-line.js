// One type of appointment in the set-up: video on or off, and what other systems call it.

import { changeType } from '../lib/calls/staff.js';
import { words } from '../lib/i18n.js';
import { Missing, ask } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { refusalText } from './refused.js';
import { askToSwitchOff } from './switch-off.js';
import { videoSwitch } from './video-switch.js';

/** @typedef {import('../lib/shown.js').AppointmentType} AppointmentType */
/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./setup.js').Tell} Tell */
/** @typedef {import('./setup.js').Changed} Changed */

/** @param {AppointmentType} type @param {Desk} desk @param {Tell} tell @param {Changed} changed */
export function typeLine(type, desk, tell, changed) {
  const name = words(type.name);
  const change = (/** @type {boolean} */ video) => changeType(desk.api, type.id, () => ({ video }));
  return h('li', {},
    h('div', {}, h('p', { class: 'who' }, name), h('p', { class: 'quiet' }, t('setup.minutes', { minutes: type.minutes }))),
    videoSwitch({ kind: 'type', id: type.id, name, on: type.video, change }, desk, tell, changed),
    namesOf(type, desk, tell, changed));
}

/** @param {AppointmentType} type @param {Desk} desk @param {Tell} tell @param {Changed} changed */
function namesOf(type, desk, tell, changed) {
  const name = words(type.name);
  const add = h('button', { type: 'button', class: 'secondary', id: `add-${type.id}`, 'aria-label': t('setup.addFor', { name }),
    onclick: () => askForName(type, desk, tell, changed) }, t('setup.add'));
  return h('div', { class: 'names' },
    h('p', { class: 'quiet' }, t('setup.names')),
    h('ul', {}, ...(type.external_ids.length === 0 ? [h('li', { class: 'quiet' }, t('setup.noNames'))] : type.external_ids.map((external) => nameLine(external, type, desk, tell, changed)))),
    add);
}

/** @param {string} external @param {AppointmentType} type @param {Desk} desk @param {Tell} tell @param {Changed} changed */
function nameLine(external, type, desk, tell, changed) {
  const values = { external, name: type.name };
  const remove = () => askToSwitchOff({
    kind: 'appointment-types', id: type.id, heading: t('off.removeHeading', values), yes: t('off.removeDo'), no: t('off.removeKeep'), desk, tell,
    act: () => changeType(desk.api, type.id, (now) => ({ external_ids: now.external_ids.filter((each) => each !== external) })),
    done: () => {
      tell(t('setup.removed', values));
      void changed(false);
    },
  });
  return h('li', {}, words(external), h('button', { type: 'button', class: 'secondary small', 'aria-label': t('setup.removeName', values), onclick: () => void remove() }, t('setup.remove')));
}

/** @param {AppointmentType} type @param {Desk} desk @param {Tell} tell @param {Changed} changed */
function askForName({ id, name }, desk, tell, changed) {
  const field = h('input', { id: 'external-name', type: 'text', autocomplete: 'off', spellcheck: 'false', maxlength: '200' });
  ask({
    heading: t('setup.addHeading', { name }), body: [h('label', { for: 'external-name' }, t('setup.newName')), field],
    yes: t('setup.addDo'), no: t('setup.addKeep'), kind: 'primary',
    act: () => {
      const external = field.value.trim();
      if (external === '') throw new Missing(t('setup.addMissing'), field);
      return addName(desk, id, external);
    },
    done: () => {
      tell(t('setup.added', { external: field.value.trim(), name }));
      void changed(true);
    },
    refused: refusalText,
  });
}

/** @param {Desk} desk @param {string} id @param {string} external */
export function addName(desk, id, external) {
  return changeType(desk.api, id, (now) => ({ external_ids: [...new Set([...now.external_ids, external])] }));
}
