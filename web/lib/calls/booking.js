// The hosted booking page (C2): what is on offer, a time held, kept longer once, confirmed, given back. A hold's secret is its only key.

import { Api, route } from '../api.js';
import { contactOf } from '../contact.js';

/** @typedef {import('../shown.js').Appointment} Appointment */
/** @typedef {import('../shown.js').Slot} Slot */
/** @typedef {{ clinic?: string }} Whose the clinic of a public page; none where a patient's own link asks */

/**
 * @typedef {{ clinic: { id: string, name: string, time_zone: string, phone: string | null }, self_booking: boolean, hold_minutes: number, lead_minutes: number,
 *   cancel_minutes: number, sends_links: boolean,
 *   practitioners: { id: string, name: string }[], types: { id: string, name: string, minutes: number }[], server_time: string }} Booking
 */

/**
 * @typedef {import('../shown.js').Times & { id: string, secret?: string, expires_at: string, practitioner: string, practitioner_name: string,
 *   type: string, type_name: string, extended: boolean, status: 'held' | 'confirmed' | 'expired' | 'cancelled', server_time: string }} Hold
 */

/** @typedef {{ id: string, secret: string }} HoldKey */
/** @typedef {{ name: string, email?: string, phone?: string }} Details of whom it is for */
/** `links`: none where the clinic's set-up was changed meanwhile, so that there is none yet. @typedef {Appointment & { links: { patient?: { token: string, link: string } } }} Booked */

/** @param {Api} api @param {Whose} whose @returns {Promise<Booking>} */
export function booking(api, whose) {
  return api.get('/v1/booking', whose);
}

/** @param {Api} api @param {Whose} whose @param {Slot} slot @param {string} type @param {string} key @returns {Promise<Hold & { secret: string }>} */
export function hold(api, whose, { practitioner, starts_at: start }, type, key) {
  return api.post('/v1/holds', { ...whose, practitioner, type, starts_at: start }, key);
}

/** How it stands. @param {Api} api @param {HoldKey} held @returns {Promise<Hold>} */
export function holdNow(api, held) {
  return new Api(held.secret, api.fetcher).get(route('holds', held.id));
}

/** @param {Api} api @param {HoldKey} held @returns {Promise<Hold>} */
export function extendHold(api, { id, secret }) {
  return api.post(route('holds', id, '/extend'), { secret });
}

/**
 * Asked again it answers the same (C4).
 * @param {Api} api @param {HoldKey} held @param {Details | null} patient null: known by their link, or said before
 * @returns {Promise<Booked>}
 */
export function confirm(api, { id, secret }, patient) {
  return api.post(route('holds', id, '/confirm'), patient === null ? { secret } : { secret, patient });
}

/** @param {Api} api @param {HoldKey} held @returns {Promise<void>} */
export function releaseHold(api, held) {
  return new Api(held.secret, api.fetcher).delete(route('holds', held.id));
}

/** To the contact on file, if it is that of anybody. @param {Api} api @param {string} clinic @param {string} contact an e-mail address or a phone number @returns {Promise<void>} */
export function sendLinks(api, clinic, contact) {
  return api.post('/v1/booking/links', { clinic, ...contactOf(contact) });
}

/** C9. @param {Api} api @param {string} id of the appointment @param {string} token of its link @returns {Promise<Blob>} */
export function calendarFile(api, id, token) {
  return new Api(token, api.fetcher).file(route('appointments', id, '/calendar.ics'));
}
