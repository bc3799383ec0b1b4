// Appointments, read and changed by whoever works at the clinic; a practitioner's link sees its own.

import { route } from '../api.js';

/** @typedef {import('../api.js').Api} Api */
/** @typedef {import('../shown.js').Appointment} Appointment */

/**
 * One page of appointments. Without `status`, `from` and `to` the server's own default: upcoming, held and confirmed (C5).
 * @param {Api} api @param {import('../api.js').Query} query
 * @returns {Promise<import('../shown.js').Page<Appointment>>}
 */
export function appointments(api, query) {
  return api.get('/v1/appointments', query);
}

/**
 * @param {Api} api @param {string} id
 * @param {{ reason: string, note: string }} why `reason`: the patient sees it; `note`: nobody but the clinic, may be empty (C6)
 * @param {string} key
 * @returns {Promise<Appointment>}
 */
export function cancelAsPractitioner(api, id, { reason, note }, key) {
  return api.post(route('appointments', id, '/cancel'), { reason, by: 'practitioner', ...(note === '' ? {} : { note }) }, key);
}

/** C8: oldest first. @param {Api} api @param {string} id @returns {Promise<{ items: import('../shown.js').Step[] }>} */
export function history(api, id) {
  return api.get(route('appointments', id, '/history'));
}

/** C7. @param {Api} api @param {string} id @param {import('../shown.js').Times} times @param {string} key @returns {Promise<Appointment>} */
export function reschedule(api, id, times, key) {
  return api.post(route('appointments', id, '/reschedule'), times, key);
}

/**
 * C8: set by hand, and undone by staff.
 * @param {Api} api @param {string} id @param {'complete' | 'no-show' | 'undo'} what @param {string} reason may be empty but for `undo` @param {string} key
 * @returns {Promise<Appointment>}
 */
export function setOutcome(api, id, what, reason, key) {
  return api.post(route('appointments', id, `/${what}`), reason === '' ? {} : { reason }, key);
}

/** @param {Api} api @param {string} id of a type @returns {Promise<import('../shown.js').AppointmentType>} */
export function typeOf(api, id) {
  return api.get(route('appointment-types', id));
}

/**
 * Free times only, in order (C2).
 * @param {Api} api @param {{ type: string, practitioner: string, from: string, to: string, moving?: string }} asked days of the clinic, `to` exclusive;
 *   `moving`: an appointment to which its own time is free
 * @returns {Promise<import('../shown.js').Slot[]>}
 */
export async function freeSlots(api, asked) {
  return (await api.get('/v1/slots', asked)).items;
}
