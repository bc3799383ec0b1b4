// What a practitioner sees of who waits.

import { h } from '../ui/dom.js';
import { clinicTimes } from '../ui/clinic-times.js';
import { t } from '../ui/page.js';
import { exceptionList } from '../practice/exceptions.js';
import { spanFields } from '../practice/hours-fields.js';
import { lobbyView, readyView } from '../practice/lobby.js';
import { inRoom } from '../practice/in-room.js';
import { inviteCard } from '../practice/invite.js';
import { queueList } from '../practice/queue.js';
import { arrivalSound } from '../practice/sound.js';
import { api, at, ownMedia, visitIn } from './sample.js';

/** @typedef {import('./gallery.js').Specimen} Specimen */
/** @typedef {import('../lib/frames.js').Waiter} Waiter */
/** @typedef {import('../lib/visit-state.js').State} State */

/** @param {string} name @param {Partial<Waiter>} facts @returns {Waiter} */
function waiter(name, facts) {
  return { person: 'patient', name, role: 'patient', appointment: name, room: name, starts_at: at(5), waiting_since: at(-7), online: true, sid: name.replace(' ', ''), state: 'waiting', ...facts };
}

const QUEUE = [waiter('Sam Lee', {}), waiter('Kim Lee', { role: 'guest', person: 'guest:kim', guest_of: 'Sam Lee' }), waiter('Alexandra Maximiliane Hohenfels-Winterstein', { online: false }), waiter('Jo Lee', { state: 'in_room', handed_by: 'Dr Ben Fox' })];

/** @type {State['people']} */
const INSIDE = [
  { sid: '1', person: 'patient', name: 'Sam Lee', role: 'patient', polite: true, online: true },
  { sid: '2', person: 'guest:kim', name: 'Kim Lee', role: 'guest', polite: true, online: false },
];

/** @type {import('../lib/shown.js').Exception[]} */
const DAYS = [
  { id: 'leave', date: '2126-12-24', until: '2127-01-02', kind: 'closed', start_minute: 720, end_minute: 1440, slot_minutes: null, buffer_minutes: null, note: null },
  { id: 'night', date: '2127-01-04', until: null, kind: 'extra', start_minute: 1350, end_minute: 120, slot_minutes: 30, buffer_minutes: 0, note: null },
];

/** @type {import('../practice/availability.js').Hours} */
const HOURS = { api, whose: 'dr', times: clinicTimes('Pacific/Auckland'), changed() {}, tried: () => Promise.resolve() };

/** @param {string} name @param {Partial<import('../lib/calls/guests.js').Invited>} facts @returns {import('../lib/calls/guests.js').Invited} */
function guest(name, facts) {
  return { id: name, person: name, name, email: null, phone: null, link: 'https://visit.example.org/j#…', message: { state: 'pending', at: null, why: null }, warnings: [], ...facts };
}

/** Four are in the room, one waits, and messages are in every state. */
function invited() {
  const three = [...INSIDE, { ...INSIDE[0], sid: '3' }].map((each) => /** @type {State['people'][0]} */ (each));
  const { element, fill } = inviteCard(visitIn({ phase: 'in_room', appointment: 'a', people: three, queue: QUEUE }), api, { choose: false });
  element.open = true;
  fill([
    guest('Tove Tolk', { message: { state: 'none', at: null, why: null }, person: 'guest:kim' }),
    guest('Jo Roe', { email: 'jo@example.org' }), guest('Lou Roe', { email: 'lou@example.org', message: { state: 'delivered', at: null, why: null } }),
    guest('Mia Roe', { phone: '+49 30 1234567', message: { state: 'failed', at: at(0), why: 'no_channel' } }), guest('Ida Roe', { warnings: [{ code: 'contact_invalid' }] }), guest('Max Roe', { link: null }),
  ], true);
  return element;
}

/** @returns {Specimen[]} */
export function desk() {
  return [
    { name: t('gallery.closed'), room: 'practice', element: readyView(() => {}, t('meeting.closed')).element },
    { name: t('gallery.queue'), room: 'practice', element: lobbyView(visitIn({ phase: 'lobby', role: 'practitioner', queue: QUEUE, lateUntil: at(20), rooms: [{ room: 'Sam Lee', names: ['Sam Lee'] }] }), ownMedia(), api, arrivalSound()).element },
    { name: t('gallery.busy'), room: 'practice', element: queueList(visitIn({ phase: 'in_room', room: 'Sam Lee', queue: QUEUE, more: 12, people: INSIDE })).element },
    { name: t('call.present'), room: 'practice', element: inRoom(visitIn({ phase: 'in_room', room: 'Sam Lee', locked: ['Sam Lee'], people: INSIDE }), api).element },
    { name: t('exception.heading'), room: 'practice', element: exceptionList(DAYS, HOURS) },
    { name: t('hours.addHeading'), room: 'practice', element: h('div', { class: 'card' }, spanFields({ start_minute: 1350, end_minute: 120 }).element) },
    { name: t('invite.heading'), room: 'practice', element: invited() },
    { name: t('gallery.empty'), room: 'practice', element: h('div', {}, queueList(visitIn({ phase: 'lobby' })).element) },
  ];
}
