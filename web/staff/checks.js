// What keeps a link back, who can put it right, and one click to the place where that is done (B3).

import { words } from '../lib/i18n.js';
import { blocking, canExtend, fixOf, idAt, warnings } from '../lib/row-state.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { askToExtend, askToSendAnew, sendAgain } from './acts.js';
import { checkName, whoText, whyText } from './check-words.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').LinkRow} LinkRow */
/** @typedef {import('../lib/shown.js').Check} Check */
/** @typedef {import('./desk.js').Desk} Desk */

/** @param {LinkRow} row @param {Desk} desk @param {import('./acts.js').Tell} tell @returns {HTMLElement[]} */
export function failingChecks(row, desk, tell) {
  const line = (/** @type {Check} */ check) => checkLine(check, row, desk, tell);
  const others = warnings(row.checks);
  const given = others.some(({ who, code }) => who === 'clinic' && code !== 'message_undelivered');
  return [
    ...listed(t('fix.heading'), blocking(row.checks).map(line)),
    ...listed(t('fix.warning'), others.map(line)),
    ...(given ? [h('p', { class: 'quiet' }, t('fix.issued'))] : []),
  ];
}

/** @param {Text} heading @param {HTMLElement[]} lines */
function listed(heading, lines) {
  return lines.length === 0 ? [] : [h('h3', {}, heading), h('ul', { class: 'failing' }, ...lines)];
}

/** @param {Check} check @param {LinkRow} row @param {Desk} desk @param {import('./acts.js').Tell} tell */
function checkLine(check, row, desk, tell) {
  const { appointment } = row;
  const who = whoText(check, appointment);
  const why = whyText(check.code, appointment, desk.practitionerOf(appointment));
  return h('li', {},
    h('div', {}, h('p', { class: 'why' }, why), who === null ? null : h('p', { class: 'quiet' }, who)),
    fixButton(check, row, desk, tell));
}

/** @param {Check} check @param {LinkRow} row @param {Desk} desk @param {import('./acts.js').Tell} tell */
function fixButton(check, { appointment, people }, desk, tell) {
  const fix = fixOf(check.code);
  if (fix === null || (fix === 'extend' && !canExtend(appointment))) return null;
  const to = { id: appointment.id, person: 'patient', name: desk.patientOf(appointment), desk, tell };
  const contact = people.some(({ person, has_contact: has }) => person === 'patient' && has);
  const external = appointment.external_type ?? appointment.type ?? '';
  /** @type {Readonly<Record<import('../lib/row-state.js').Fix, readonly [Text, () => void]>>} */
  const fixes = {
    practitioner: [t('fix.practitioner', { practitioner: desk.practitionerOf(appointment) }),
      () => desk.openSetting({ kind: 'practitioner', id: appointment.practitioner })],
    type: [t('fix.type'), () => desk.openSetting({ kind: 'type', id: idAt(check) })],
    link: [t('fix.link', { external: words(external) }), () => desk.openSetting({ kind: 'link', id: external })],
    extend: [t('fix.extend'), () => askToExtend(appointment, desk, tell)],
    resend: check.code === 'revoked'
      ? [t('fix.resend'), () => askToSendAnew(to, contact)]
      : [t('people.send'), () => void sendAgain(to)],
  };
  const [label, act] = fixes[fix];
  return h('button', { type: 'button', class: 'primary', id: `fix-${check.code}-${appointment.id}`, onclick: act }, label);
}

/** Every check, also those that pass: what a caller can be told is in order. @param {LinkRow} row */
export function allChecks({ checks }) {
  return h('ul', { class: 'all-checks' }, ...checks.map(({ code, passed }) =>
    h('li', {}, checkName(code), words(': '), h('strong', {}, passed ? t('fix.passed') : t('fix.failed')))));
}
