// One appointment in the list.

import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { clock, data, shortDayClock } from '../ui/words.js';

/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('../lib/i18n.js').Key} Key */

/** What can still be cancelled, while its window has not closed. */
const LIVE = ['held', 'confirmed'];
/** B3's blocking checks that a live appointment can fail. */
const CHECKS = ['not_confirmed', 'practitioner_not_video_enabled', 'type_not_video', 'type_not_linked', 'window_closed', 'revoked', 'ambiguous_clinic'];

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
  const live = LIVE.includes(appointment.status) && Date.parse(appointment.window.closes_at) > Date.now();
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
    ...(LIVE.includes(status) && !link.usable ? [t('list.link', { why: link.failed.map(whyNot).join(', ') })] : []),
  ];
}

/** @param {string} code */
function whyNot(code) {
  return CHECKS.includes(code) ? t(/** @type {Key} */ (`check.${code}`)) : t('check.other', { code });
}
