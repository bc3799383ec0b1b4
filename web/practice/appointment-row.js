// One appointment in the list.

import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { clock, data, shortDayClock } from '../ui/words.js';

/** @typedef {import('../lib/api.js').Appointment} Appointment */
/** @typedef {import('../lib/i18n.js').Key} Key */

/** What can still be cancelled. */
const LIVE = ['held', 'confirmed'];

/** @param {Appointment} appointment */
export function nameOf({ patient, patient_name: name }) {
  return data(name ?? patient);
}

/** @param {Appointment} appointment */
export function timesOf({ starts_at: start, ends_at: end }) {
  return data(`${shortDayClock(start)} – ${clock(end)}`);
}

/** @param {Appointment} appointment @param {() => void} cancel */
export function appointmentRow(appointment, cancel) {
  const name = nameOf(appointment);
  const live = LIVE.includes(appointment.status);
  const button = h('button', {
    type: 'button', class: 'secondary', onclick: cancel, 'aria-label': t('list.cancelWho', { name, time: shortDayClock(appointment.starts_at) }),
  }, t('list.cancel'));
  return h('li', { class: 'card' },
    h('div', {},
      h('p', { class: 'when' }, h('time', { dateTime: appointment.starts_at }, timesOf(appointment))),
      h('p', { class: 'who' }, name),
      h('p', { class: 'quiet' }, data(facts(appointment).join(' · ')))),
    live ? button : null);
}

/** @param {Appointment} appointment */
function facts({ status, outcome, link }) {
  return [
    t(/** @type {Key} */ (`status.${status}`)),
    ...(outcome === null ? [] : [t(/** @type {Key} */ (`outcome.${outcome}`))]),
    ...(LIVE.includes(status) && !link.usable ? [t('list.link', { codes: link.failed.join(', ') })] : []),
  ];
}
