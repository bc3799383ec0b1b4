// What is on offer, asked first; or why nothing is.

import { booking } from '../lib/calls/booking.js';
import { ownLink } from '../lib/calls/link.js';
import { isOver } from '../lib/codes.js';
import { RepeatKey } from '../lib/idempotency.js';
import { problemOf } from '../ui/problem.js';
import { offView, noLinkView, troubleView, unknownView } from './moments.js';

/** @typedef {import('../lib/calls/booking.js').Booking} Booking */
/** @typedef {import('../lib/calls/booking.js').Hold} Hold */
/** @typedef {import('../lib/calls/booking.js').Booked} Booked */
/** @typedef {import('../lib/shown.js').Slot} Slot */
/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */
/** @typedef {{ element: HTMLElement, close?: () => void }} View */

/**
 * @typedef {object} At where and by whom it is asked
 * @property {import('../lib/api.js').Api} api
 * @property {import('../lib/calls/booking.js').Whose} whose
 * @property {import('../lib/server-clock.js').ServerClock} clock
 * @property {import('../lib/hold-store.js').HoldStore} store
 * @property {boolean} known by their own link: nothing to fill in
 */

/** What is chosen so far; `practitioner` may be '', anybody. @typedef {{ type: string, practitioner: string, week: number }} Choice */

/**
 * @typedef {At & { offer: Booking, choice: Choice, entered: { name: string, email: string, phone: string },
 *   repeat: RepeatKey }} Desk what every step has; `repeat`: of a hold whose answer did not come
 */

/** Why a time is not to be had, and what is instead. @typedef {{ why: 'taken' | 'gone' | 'past' | 'soon' | 'expired', again: Slot | null, nearest: readonly Slot[] }} Loss */

/**
 * @typedef {{ choose: () => void, held: (hold: Hold) => void, lost: (loss: Loss) => void, booked: (booked: Booked) => void,
 *   stopped: (view: View) => void, again: () => void }} Steps where a step can lead; `again`: to wherever the time kept stands
 */

/** @param {At} at @param {(view: View) => void} stopped @param {() => void} again @returns {Promise<Desk | null>} */
export async function openDesk(at, stopped, again) {
  try {
    const { offer, whose } = await offered(at);
    at.clock.hear(offer.server_time);
    const own = at.known ? await ownLink(at.api) : null;
    if (own !== null && own.person !== 'patient') stopped(noLinkView(offer.clinic.phone));
    else if (!offer.self_booking || offer.types.length === 0 || offer.practitioners.length === 0) stopped(offView(offer.clinic.phone));
    else return { ...at, whose, offer, choice: firstChoice(offer, own?.appointment), entered: { name: '', email: '', phone: '' }, repeat: new RepeatKey() };
  } catch (error) {
    stopped(refusal(problemOf(error), again));
  }
  return null;
}

/**
 * An address may end in a sentence's full stop, or stand between the signs that make it slanted in a chat. Ids may have them, too: so the whole is asked for first.
 * @param {At} at @returns {Promise<{ offer: Booking, whose: At['whose'] }>}
 */
async function offered({ api, whose }) {
  try {
    return { offer: await booking(api, whose), whose };
  } catch (error) {
    const { clinic = '' } = whose;
    const bare = { clinic: withoutGlue(clinic) };
    if (!isUnknown(problemOf(error)) || bare.clinic === clinic) throw error;
    return { offer: await booking(api, bare), whose: bare };
  }
}

/** @param {string} id */
function withoutGlue(id) {
  return id.replace(/^[._~-]+/, '').replace(/[._~-]+$/, '');
}

/** @param {ApiProblem} problem */
function isUnknown({ code, facts }) {
  return code === 'not_found' || facts['field'] === 'clinic';
}

/** As the visit before was, where there was one. @param {Booking} offer @param {import('../lib/shown.js').Appointment} [before] @returns {Choice} */
function firstChoice({ types, practitioners }, before) {
  const type = types.find(({ id }) => id === before?.type) ?? types[0];
  const practitioner = practitioners.length === 1 ? practitioners[0] : practitioners.find(({ id }) => id === before?.practitioner);
  return { type: type?.id ?? '', practitioner: practitioner?.id ?? '', week: 0 };
}

/** @param {ApiProblem} problem @param {() => void} again */
function refusal(problem, again) {
  const phone = problem.facts['phone'] ?? null;
  if (isUnknown(problem)) return unknownView();
  if (problem.code === 'self_booking_off') return offView(phone);
  return isOver(problem.code) ? noLinkView(phone) : troubleView(problem, again);
}
