// What was done to an appointment, in plain words: what, and what it was before (C8, A9).

import { t } from './page.js';
import { roleOfNumber } from './roles.js';
import { data } from './words.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('./clinic-times.js').ClinicTimes} ClinicTimes */

const ACTS = ['link_copied', 'link_issued', 'link_requested', 'reminded', 'link_resent', 'link_revoked', 'window_extended', 'grant_issued', 'grant_revoked',
  'created', 'held', 'hold_extended', 'confirmed', 'changed', 'rescheduled', 'reallocated', 'seated', 'cancelled', 'expired', 'outcome', 'completed', 'no_show',
  'undone', 'issued', 'handed_over', 'taken_back', 'guest_invited', 'guest_withdrawn', 'webhook_disabled'];
const DOERS = ['staff', 'practitioner', 'patient', 'system'];
const OUTCOMES = ['attended', 'system', 'technical', 'brief', 'practitioner_absent', 'left_unseen', 'guest_only', 'patient_absent', 'both_absent', 'too_late'];
export const STATUSES = ['held', 'confirmed', 'completed', 'no_show', 'cancelled', 'expired'];

/** @param {string} what @returns {Text} */
export function actText(what) {
  return ACTS.includes(what) ? t(/** @type {Key} */ (`act.${what}`)) : t('act.other', { what });
}

/** @param {string} by @returns {Text} */
export function byText(by) {
  return DOERS.includes(by) ? t(/** @type {Key} */ (`by.${by}`)) : data(by);
}

/** @param {string} status @returns {Text} */
export function statusText(status) {
  return STATUSES.includes(status) ? t(/** @type {Key} */ (`status.${status}`)) : data(status);
}

/** @param {string} outcome @returns {Text} */
export function outcomeText(outcome) {
  return OUTCOMES.includes(outcome) ? t(/** @type {Key} */ (`outcome.${outcome}`)) : data(outcome);
}

/** `practitionerName`: by id. @typedef {{ times: ClinicTimes, practitionerName?: (id: string) => string }} Sayer */
/** @typedef {(value: any, sayer: Sayer) => Text | null} Said */

/** @param {unknown} value @param {(word: string) => Text} say one of both @returns {Text | null} */
function change(value, say) {
  if (typeof value === 'string') return say(value);
  const { from, to } = /** @type {{ from?: unknown, to?: unknown }} */ (value ?? {});
  return typeof from === 'string' && typeof to === 'string' ? t('fact.change', { from: say(from), to: say(to) }) : null;
}

/** @param {unknown} text @param {Key} key @param {string} name @returns {Text | null} */
const given = (text, key, name) => (typeof text === 'string' && text !== '' ? t(key, { [name]: text }) : null);

/** The facts that are said, in this order; ids and rooms help nobody who reads. @type {Readonly<Record<string, Said>>} */
const FACTS = {
  person: (number) => (typeof number === 'number' ? roleOfNumber(number) : null),
  people: (numbers) => (Array.isArray(numbers) && numbers.length > 0 ? data(numbers.map(roleOfNumber).join(', ')) : null),
  starts_at: (value, { times }) => change(value, times.when),
  practitioner: (value, { practitionerName = data }) => (typeof value === 'string' ? null : change(value, (id) => data(practitionerName(id)))),
  type: (value) => (typeof value === 'string' ? null : t('fact.type')),
  guests_edited: () => t('fact.guests'),
  outcome: (value) => change(value, outcomeText),
  status: (value) => change(value, statusText),
  minutes: (value) => (typeof value === 'number' ? t('fact.minutes', { minutes: value }) : null),
  reason: (text) => given(text, 'record.reason', 'reason'),
  note: (text) => given(text, 'fact.note', 'note'),
};

/** @param {Readonly<Record<string, any>>} facts @param {Sayer} sayer @returns {Text[]} */
export function factTexts(facts, sayer) {
  return Object.entries(FACTS).flatMap(([name, say]) => (facts[name] === undefined || facts[name] === null ? [] : say(facts[name], sayer) ?? []));
}
