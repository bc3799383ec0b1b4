// Frames make states: the same table that the views are chosen by.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { READY, linked, received, refused } from '../../../web/lib/visit-state.js';

const host = { sid: 'h', person: 'practitioner', name: 'Dr Ada', role: 'practitioner', polite: true, online: true };
const guest = { sid: 'g', person: 'guest:1', name: 'Ira', role: 'guest', polite: false };
const welcome = (more) => ({ type: 'welcome', seq: 1, sid: 'me', key: 'k', resumed: false, role: 'patient', name: 'Sam', people: [], ...more });
const after = (frames, from = READY) => frames.reduce(received, from);

test('a patient waits, is told of being let in, and only then is in the room', () => {
  const waiting = after([welcome({ state: 'waiting' }), { type: 'waiting', position: 1, practitioner_here: true }]);
  assert.equal(waiting.phase, 'waiting');
  assert.deepEqual(waiting.place, { position: 1, practitionerHere: true, lateUntil: null, phone: null });
  const admitted = after([{ type: 'admitted', room: 'r', people: [host], ice: null }], waiting);
  assert.equal(admitted.phase, 'letting_in');
  assert.equal(after([welcome({ state: 'in_room', people: [host] })], admitted).phase, 'letting_in');
  assert.equal(after([welcome({ state: 'in_room', people: [host] })]).phase, 'in_room', 'after a reload there is nothing to announce');
});

test('people come, change and go', () => {
  const room = after([welcome({ state: 'in_room', people: [host] }), { type: 'joined', seq: 2, ...guest }]);
  assert.deepEqual(room.people.map(({ name }) => name), ['Dr Ada', 'Ira']);
  const muted = after([{ type: 'state', seq: 3, from: 'g', audio: false, online: false }], room);
  assert.deepEqual(muted.people[1], { ...guest, online: false, audio: false });
  const back = after([welcome({ state: 'in_room', people: [host, { ...guest, online: true }] })], muted);
  assert.equal(back.people[1].audio, false, 'a welcome does not forget who is muted');
  assert.equal(back.people[1].online, true);
  assert.deepEqual(after([{ type: 'left', seq: 4, sid: 'g', why: 'left' }], muted).people, [host]);
});

test('one more is admitted into the room one is in, and what is known of the others stays', () => {
  const patient = { sid: 'p', person: 'patient', name: 'Sam', role: 'patient', polite: true, online: true };
  const room = after([welcome({ role: 'practitioner', state: 'in_room', queue: [], people: [patient] }), { type: 'state', from: 'p', video: false, screen: true }]);
  const { people } = after([{ type: 'admitted', room: 'r', people: [patient, guest], ice: null, appointment: 'a' }], room);
  assert.deepEqual(people, [{ ...patient, video: false, screen: true }, guest]);
});

test('an end is over for a patient and the lobby for a practitioner', () => {
  const patient = after([welcome({ state: 'in_room' }), { type: 'ended', why: 'done' }]);
  assert.equal(patient.phase, 'over');
  assert.equal(patient.refusal.code, 'done');
  const practitioner = after([welcome({ role: 'practitioner', state: 'in_room', queue: [] }), { type: 'ended', why: 'done' }]);
  assert.equal(practitioner.phase, 'lobby');
  assert.equal(after([{ type: 'ended', why: 'left' }], practitioner).phase, 'over');
});

test('a refusal leads to its page', () => {
  const phase = (code) => refused(READY, { code, message: '' }, 4000).phase;
  assert.equal(phase('too_early'), 'early');
  assert.equal(phase('elsewhere'), 'elsewhere');
  assert.equal(phase('resume_refused'), 'ready');
  assert.equal(phase('cancelled'), 'over');
});

test('a drop keeps what is shown; a new start does not', () => {
  const room = after([welcome({ state: 'in_room' })]);
  assert.equal(linked(room, 'down').phase, 'in_room');
  assert.equal(linked(room, 'connecting').phase, 'connecting');
});

test('sent back is waiting again, and an unknown frame changes nothing', () => {
  const room = after([welcome({ state: 'in_room', people: [host] })]);
  assert.deepEqual(after([{ type: 'sent_back' }], room).people, []);
  assert.equal(after([{ type: 'something_later' }], room), room);
});

test('a practitioner knows of locks, rooms and being late, and forgets what is said no more', () => {
  const desk = { locked: ['r'], rooms: [{ room: 'r', names: ['Sam'] }], running_late: '2026-01-01T10:00:00Z' };
  const lobby = after([welcome({ role: 'practitioner', state: 'lobby', queue: [], ...desk })]);
  assert.deepEqual([lobby.locked, lobby.rooms, lobby.lateUntil], [desk.locked, desk.rooms, desk.running_late]);
  const later = after([{ type: 'queue', items: [], locked: [], rooms: [] }], lobby);
  assert.deepEqual([later.locked, later.rooms, later.lateUntil], [[], [], null]);
});

test('why somebody went is known, also when a newer device comes for them', () => {
  const room = after([welcome({ state: 'in_room', people: [host] }), { type: 'left', seq: 2, sid: 'h', why: 'moved' }]);
  assert.deepEqual(room.gone, { sid: 'h', person: 'practitioner', why: 'moved' });
  assert.deepEqual(after([{ type: 'left', sid: 'unknown', why: 'left' }], room).gone, room.gone);
});

test('a visit that was handed over waits for the colleague', () => {
  const room = after([welcome({ state: 'in_room', people: [host] }), { type: 'error', code: 'reassigned' }]);
  assert.equal(room.reassigned, true);
  const again = after([welcome({ state: 'in_room', people: [guest], practitioner: 'Dr Li' })], room);
  assert.deepEqual([again.phase, again.reassigned, again.practitioner], ['in_room', true, 'Dr Li']);
  assert.equal(after([{ type: 'joined', ...host }], again).reassigned, false);
  const practitioner = after([welcome({ role: 'practitioner', state: 'in_room' }), { type: 'ended', why: 'handed_over' }]);
  assert.equal(practitioner.phase, 'lobby');
});

test('whoever was sent back knows it until being let in again', () => {
  const room = after([welcome({ state: 'in_room', people: [host] }), { type: 'sent_back' }]);
  assert.deepEqual([room.phase, room.sentBack], ['waiting', true]);
  assert.equal(after([{ type: 'admitted', room: 'r', people: [host] }], room).sentBack, false);
});
