// The practitioner's own appointments.

import { route } from '../api.js';

/** @typedef {import('../api.js').Api} Api */
/** @typedef {import('../shown.js').Appointment} Appointment */

/**
 * One page of appointments. Without `from` the server's own default: upcoming, held and confirmed (C5).
 * @param {Api} api @param {import('../api.js').Query} query
 * @returns {Promise<import('../shown.js').Page<Appointment>>}
 */
export function appointments(api, query) {
  return api.get('/v1/appointments', query);
}

/**
 * @param {Api} api @param {string} id @param {string} reason the patient sees it (C6) @param {string} key
 * @returns {Promise<Appointment>}
 */
export function cancelAsPractitioner(api, id, reason, key) {
  return api.post(route('appointments', id, '/cancel'), { reason, by: 'practitioner' }, key);
}
