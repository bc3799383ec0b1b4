// What the front desk does with an appointment's place and outcome, from its row (C7, C8, F5).

import { reallocate } from '../lib/calls/clashes.js';
import { canDo } from '../lib/can-do.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { serverClock } from '../ui/server-clock.js';
import { askOutcome } from '../ui/ask-outcome.js';
import { askForPlace, refused } from './moving.js';

/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./acts.js').Tell} Tell */

/** Only what would work now. @param {Appointment} appointment @param {Desk} desk @param {Tell} tell */
export function diaryButtons(appointment, desk, tell) {
  const can = canDo(appointment, serverClock.now());
  const { id } = appointment;
  const set = (/** @type {import('../ui/ask-outcome.js').What} */ what) => () => askToSet(appointment, what, desk, tell);
  return [
    ...(can.move ? [button(`move-${id}`, t('row.move'), () => void move(appointment, desk, tell))] : []),
    ...(can.complete ? [button(`complete-${id}`, t('row.complete'), set('complete'))] : []),
    ...(can.noShow ? [button(`no-show-${id}`, t('row.noShow'), set('no-show'))] : []),
    ...(can.undo ? [button(`undo-${id}`, t('row.undo'), set('undo'))] : []),
  ];
}

/** @param {string} id @param {Text} label @param {() => void} act */
function button(id, label, act) {
  return h('button', { type: 'button', class: 'secondary', id, onclick: act }, label);
}

/** @param {Appointment} appointment @param {Desk} desk @param {Tell} tell */
async function move(appointment, desk, tell) {
  try {
    await askForPlace({
      heading: t('move.heading'), about: [desk.about(appointment), t('move.text')], yes: t('move.do'), now: appointment, moving: appointment.id, desk,
      act: (seat, key) => reallocate(desk.api, appointment.id, seat, key),
      done: (time) => {
        tell(t('move.done', { name: desk.patientOf(appointment), time }));
        desk.changed();
      },
    });
  } catch (error) {
    tell(h('p', { class: 'notice warn' }, refused(problemOf(error))));
  }
}

/** @param {Appointment} appointment @param {import('../ui/ask-outcome.js').What} what @param {Desk} desk @param {Tell} tell */
function askToSet(appointment, what, desk, tell) {
  askOutcome({
    api: desk.api, id: appointment.id, what, about: desk.about(appointment), why: true, refused,
    done: (said) => {
      tell(said);
      desk.changed();
    },
  });
}
