// Two appointments for one place, one of them here and one from another system (C3), and the ways out (C7).

import { route } from '../api.js';

/** @typedef {import('../api.js').Api} Api */
/** @typedef {import('../shown.js').Appointment} Appointment */
/** @typedef {Partial<import('../shown.js').Times> & { practitioner?: string, reason: string }} Seat what is left out stays */

/** @param {Api} api @returns {Promise<import('../shown.js').Clash[]>} */
export async function clashes(api) {
  return (await api.get('/v1/clashes')).items;
}

/**
 * @param {Api} api @param {string} id @param {Seat & { seat?: string }} seat `seat`: of the clash that takes the place in the same commit @param {string} key
 * @returns {Promise<Appointment>}
 */
export function reallocate(api, id, seat, key) {
  return api.post(route('appointments', id, '/reallocate'), seat, key);
}

/** The one that waits for a place gets this one. @param {Api} api @param {string} id of the clash @param {Seat} seat @param {string} key @returns {Promise<Appointment>} */
export function seatWaiting(api, id, seat, key) {
  return api.post(route('clashes', id, '/seat'), seat, key);
}

/** @param {Api} api @param {string} id of the clash @returns {Promise<void>} */
export function dismiss(api, id) {
  return api.delete(route('clashes', id));
}
