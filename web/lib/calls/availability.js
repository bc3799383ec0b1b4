// A practitioner's hours (C1). With `dry_run` nothing is written: it says which bookings would lie outside; none is touched, ever (C7).

import { route } from '../api.js';

/** @typedef {import('../api.js').Api} Api */
/** @typedef {import('../shown.js').Availability} Availability */
/** @typedef {import('../shown.js').AvailabilityWindow} AvailabilityWindow */
/** @typedef {import('../shown.js').Affected} Affected */
/** @typedef {{ affected: Affected[] }} Touching */
/** @typedef {Partial<Omit<AvailabilityWindow, 'id'>>} WindowWish */
/** @typedef {Partial<Omit<import('../shown.js').Exception, 'id'>>} ExceptionWish */

/** Whose hours a practitioner's link opens. @param {Api} api @returns {Promise<import('../shown.js').Practitioner>} */
export async function ownself(api) {
  return (await api.get('/v1/practitioners')).items[0];
}

/** @param {Api} api @param {string} whose @returns {Promise<Availability>} */
export function availability(api, whose) {
  return api.get(route('practitioners', whose, '/availability'));
}

/** @param {Api} api @param {string} whose @param {WindowWish} wish @param {string} key @returns {Promise<AvailabilityWindow & Touching>} */
export function addWindow(api, whose, wish, key) {
  return api.post(route('practitioners', whose, '/availability'), wish, key);
}

/** @param {Api} api @param {string} whose @param {string} id @param {WindowWish} wish absent: unchanged @param {boolean} dry @returns {Promise<AvailabilityWindow & Touching>} */
export function changeWindow(api, whose, id, wish, dry) {
  return api.patch(windowAt(whose, id), dry ? { ...wish, dry_run: true } : wish);
}

/** @param {Api} api @param {string} whose @param {string} id @param {boolean} dry @returns {Promise<Touching>} */
export function removeWindow(api, whose, id, dry) {
  return api.delete(windowAt(whose, id), dry ? { dry_run: true } : {});
}

/** @param {Api} api @param {string} whose @param {ExceptionWish} wish @param {string} [key] none: asked only what it would touch @returns {Promise<Touching>} */
export function addException(api, whose, wish, key) {
  return api.post(route('practitioners', whose, '/exceptions'), key === undefined ? { ...wish, dry_run: true } : wish, key);
}

/** @param {Api} api @param {string} whose @param {string} id @param {boolean} dry @returns {Promise<Touching>} */
export function removeException(api, whose, id, dry) {
  return api.delete(`${route('practitioners', whose, '/exceptions')}/${encodeURIComponent(id)}`, dry ? { dry_run: true } : {});
}

/** @param {string} whose @param {string} id */
function windowAt(whose, id) {
  return `${route('practitioners', whose, '/availability')}/${encodeURIComponent(id)}`;
}
