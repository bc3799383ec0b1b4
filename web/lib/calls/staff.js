// What the front desk asks (A9, B3-B7). Every act is written into the clinic's record by the server.

import { route } from '../api.js';

/** @typedef {import('../api.js').Api} Api */
/** @typedef {import('../api.js').Query} Query */
/** @typedef {import('../shown.js').Appointment} Appointment */
/** @typedef {import('../shown.js').LinkRow} LinkRow */
/** @typedef {import('../shown.js').Practitioner} Practitioner */
/** @typedef {import('../shown.js').AppointmentType} AppointmentType */

/** @param {Api} api @returns {Promise<import('../shown.js').Clinic>} */
export function clinicOf(api) {
  return api.get('/v1/clinic');
}

/** @param {Api} api @returns {Promise<Practitioner[]>} */
export async function practitioners(api) {
  return (await api.get('/v1/practitioners')).items;
}

/** @param {Api} api @returns {Promise<AppointmentType[]>} */
export async function types(api) {
  return (await api.get('/v1/appointment-types')).items;
}

/** Systems that are told nothing any more. @param {Api} api @returns {Promise<import('../shown.js').DisabledWebhook[]>} */
export async function disabledWebhooks(api) {
  return (await api.get('/v1/disabled-webhooks')).items;
}

/**
 * One practitioner changed: read anew first, since a PUT says everything.
 * @param {Api} api @param {string} id @param {Partial<Practitioner>} change @returns {Promise<Practitioner>}
 */
export async function changePractitioner(api, id, change) {
  const { name, video_enabled: video, external_ids: names, email } = await api.get(route('practitioners', id));
  return api.put(route('practitioners', id), { name, video_enabled: video, external_ids: names, email, ...change });
}

/**
 * One type changed, in the same way; `change` may depend on how it stands.
 * @param {Api} api @param {string} id @param {(now: AppointmentType) => Partial<AppointmentType>} change @returns {Promise<AppointmentType>}
 */
export async function changeType(api, id, change) {
  const now = await api.get(route('appointment-types', id));
  const { name, video, minutes, external_ids: names } = now;
  return api.put(route('appointment-types', id), { name, video, minutes, external_ids: names, ...change(now) });
}

/** Upcoming appointments that use it and have their link (B4). @param {Api} api @param {'practitioners' | 'appointment-types'} kind @param {string} id @returns {Promise<import('../shown.js').Page<Appointment>>} */
export function affected(api, kind, id) {
  return api.get(route(kind, id, '/affected'));
}

/** @param {Api} api @param {Query} query @returns {Promise<import('../shown.js').Page<LinkRow> & { healing: import('../shown.js').Backfill | null }>} */
export function links(api, query) {
  return api.get('/v1/links', query);
}

/** By name and local time, as a caller says it (B3). @param {Api} api @param {string} practitioner @param {string} at @returns {Promise<{ items: import('../shown.js').Found[] }>} */
export function findAround(api, practitioner, at) {
  return api.get('/v1/diagnosis', { practitioner, at });
}

/** @param {Api} api @param {string} id @param {string} person @returns {Promise<{ link: string }>} */
export function linkToCopy(api, id, person) {
  return api.post(route('appointments', id, '/tokens'), { person });
}

/** @param {Api} api @param {string} id @param {string} person @param {string} reason may be empty @param {string} key @returns {Promise<Appointment>} */
export function resend(api, id, person, reason, key) {
  return api.post(route('appointments', id, '/resend'), { person, ...(reason === '' ? {} : { reason }) }, key);
}

/** @param {Api} api @param {string} id @param {string} person @param {string} reason @param {string} key @returns {Promise<Appointment>} */
export function takeBack(api, id, person, reason, key) {
  return api.post(route('appointments', id, '/revoke'), { person, reason }, key);
}

/** @param {Api} api @param {string} id @param {number} minutes @param {string} reason @param {string} key @returns {Promise<Appointment>} */
export function extend(api, id, minutes, reason, key) {
  return api.post(route('appointments', id, '/extend'), { minutes, reason }, key);
}

/** B7. @param {Api} api @param {string} id @returns {Promise<object>} */
export function supportBundle(api, id) {
  return api.get(route('appointments', id, '/support-bundle'));
}

/** A9, newest first. @param {Api} api @param {string} cursor '' for the first page @returns {Promise<import('../shown.js').Page<import('../shown.js').Act>>} */
export function record(api, cursor) {
  return api.get('/v1/audit', { cursor });
}
