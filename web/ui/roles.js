// Who somebody on an appointment is, also where there is no name.

import { t } from './page.js';
import { data } from './words.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/** Person numbers as the history has them (A2); from 2 on they are guests. */
const PEOPLE = ['practitioner', 'patient'];

/** @param {string} person `patient`, `practitioner` or `guest:<id>` @returns {Text} */
export function roleOf(person) {
  if (person === 'patient') return t('people.patient');
  return person === 'practitioner' ? t('people.practitioner') : t('people.guest');
}

/** @param {number} number @returns {Text} */
export function roleOfNumber(number) {
  return roleOf(PEOPLE[number] ?? 'guest');
}

/** A visitor who holds a time has not said their name yet, and may never do so. @param {{ status?: string, patient_name?: string | null }} appointment */
export function isUnnamed({ status = '', patient_name: name }) {
  return (name ?? '') === '' && ['held', 'expired'].includes(status);
}

/** @param {{ status?: string, patient?: string, patient_name?: string | null }} appointment @returns {Text} */
export function patientName(appointment) {
  return isUnnamed(appointment) ? t('people.unnamed') : data(appointment.patient_name ?? appointment.patient ?? '–');
}
