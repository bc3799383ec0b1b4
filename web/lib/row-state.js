// How an appointment's links stand, in one word, and what to do about each check that fails. Pure.

/** @typedef {import('./shown.js').LinkRow} LinkRow */
/** @typedef {import('./shown.js').Check} Check */

/** `code`: of the check, where the state is `bad`. @typedef {{ kind: 'good' | 'pending' | 'untold' | 'undelivered' | 'takenBack' | 'bad', code: string }} RowState */

/** The most pressing thing first. @param {LinkRow} row @returns {RowState} */
export function stateOf({ appointment, checks, people }) {
  const says = (/** @type {RowState['kind']} */ kind) => ({ kind, code: '' });
  if (!appointment.link.usable) return { kind: 'bad', code: blocking(checks)[0]?.code ?? appointment.link.failed[0] ?? '' };
  if (people.some((person) => person.revoked)) return says('takenBack');
  // A guest without an address is given the link by whoever invited them: no message was meant to arrive.
  const meant = people.filter(({ person, has_contact: contact }) => contact || !person.startsWith('guest:'));
  if (meant.some(({ message }) => message.state === 'failed')) return says('undelivered');
  if (people.some(({ person, told }) => person === 'patient' && !told)) return says('untold');
  return says(meant.some(({ message }) => message.state === 'pending') ? 'pending' : 'good');
}

/** @param {readonly Check[]} checks */
export function blocking(checks) {
  return checks.filter((check) => check.blocking && !check.passed);
}

/**
 * What fails and blocks nothing: no contact, or a setting that was changed after the links were given out (B4). Where there is no contact, that is why no message arrived.
 * @param {readonly Check[]} checks
 */
export function warnings(checks) {
  const failed = checks.filter((check) => !check.blocking && !check.passed);
  const noContact = failed.some(({ code }) => code === 'contact_missing');
  return failed.filter(({ code }) => !noContact || code !== 'message_undelivered');
}

/**
 * Where on the staff page a check is put right, by one click.
 * @typedef {'practitioner' | 'type' | 'link' | 'extend' | 'resend'} Fix
 */

/** @type {Readonly<Record<string, Fix>>} */
const FIXES = {
  practitioner_not_video_enabled: 'practitioner',
  type_not_video: 'type',
  type_not_linked: 'link',
  window_closed: 'extend',
  revoked: 'resend',
  message_undelivered: 'resend',
};

/** @param {string} code @returns {Fix | null} null: not on this page */
export function fixOf(code) {
  return FIXES[code] ?? null;
}

/** Whether its time can still be put off: once its outcome is decided, a person has to decide that first (F5). @param {import('./shown.js').Appointment} appointment */
export function canExtend({ status, outcome }) {
  return outcome === null && (status === 'held' || status === 'confirmed');
}

/** What a setting that is at fault is called: the last part of its path in the API. @param {Check} check */
export function idAt({ where }) {
  return decodeURIComponent(where.split('/').pop() ?? '');
}
