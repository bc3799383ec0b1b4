// What a person's own link can ask: what it opens, cancelling, the current link.

import { Api, route } from '../api.js';

/** @typedef {import('../shown.js').OwnLink} OwnLink */

/** @param {Api} api @returns {Promise<OwnLink>} */
export function ownLink(api) {
  return api.get('/v1/link');
}

/** One's own link as a QR code. @param {Api} api @returns {Promise<string>} SVG */
export async function ownQr(api) {
  return (await api.file('/v1/link/qr')).text();
}

/** A7: the current link is sent to the contact on file. The old link is the body, since it opens nothing any more. @param {Api} api */
export function sendCurrent(api) {
  return new Api('', api.fetcher).post('/v1/link/current', { token: api.token });
}

/** C6. @param {Api} api @param {string} id @param {string} reason may be empty @param {string} key @returns {Promise<import('../shown.js').Appointment>} */
export function cancelOwn(api, id, reason, key) {
  return api.post(route('appointments', id, '/cancel'), reason === '' ? {} : { reason }, key);
}
