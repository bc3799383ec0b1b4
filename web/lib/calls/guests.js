// D9: somebody comes along who was not on the appointment.

import { Api, route } from '../api.js';

/** @typedef {{ name: string, email?: string, phone?: string, counts: boolean }} Invitation */
/**
 * Somebody who was invited, with the link to give them.
 * @typedef {{ id: string, person: string, name: string, email: string | null, phone: string | null, link: string | null,
 *   message: import('../shown.js').Message, warnings: { code: string }[] }} Invited
 */

const at = (/** @type {string} */ appointment, /** @type {string} */ guest = '') => (
  route('appointments', appointment, guest === '' ? '/guests' : `/guests/${encodeURIComponent(guest)}`));

/** @param {Api} api @param {string} appointment @param {Invitation} who @param {string} key @returns {Promise<Invited>} */
export function invite(api, appointment, who, key) {
  return api.post(at(appointment), who, key);
}

/** Who was invited to it, in order: their links once more, and how far the messages to them have come. @param {Api} api @param {string} appointment @returns {Promise<Invited[]>} */
export async function invitedTo(api, appointment) {
  return (await api.get(at(appointment))).items;
}

/** What their link opened ends, a call too. @param {Api} api @param {string} appointment @param {string} guest */
export function withdraw(api, appointment, guest) {
  return api.delete(at(appointment, guest));
}

/** What their link can ask. @param {Api} api @param {string} link */
export function asGuest(api, link) {
  return new Api(link.slice(link.indexOf('#') + 1), api.fetcher);
}
