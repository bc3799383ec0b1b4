// How links stand, codes, remembered devices, backfills, and a visit that is moved while somebody is early.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { ApiProblem } from '../../../web/lib/api.js';
import { digitsOf, isWhole } from '../../../web/lib/code.js';
import { opensNothing } from '../../../web/lib/codes.js';
import { Devices } from '../../../web/lib/devices.js';
import { LOOK_EVERY, follow } from '../../../web/lib/follow.js';
import { BackfillWatch } from '../../../web/lib/backfill-watch.js';
import { againAt } from '../../../web/lib/patience.js';
import { canExtend, fixOf, idAt, stateOf, warnings } from '../../../web/lib/row-state.js';
import { dateIn, dayAfter } from '../../../web/lib/time.js';
import { FakeTimers } from './fake-timers.js';

let timers;
beforeEach(() => {
  timers = new FakeTimers();
  timers.install();
});
afterEach(() => timers.restore());

const check = (code, blocking = true, passed = false) => ({ code, passed, blocking, message: '', who: 'clinic', where: '/v1/x' });
const person = (more) => ({ person: 'patient', name: 'Sam', usable: true, failed: [], revoked: false, has_contact: true, told: true,
  message: { state: 'delivered', at: null, why: null }, ...more });
const row = ({ usable = true, checks = [], people = [person()] } = {}) => ({ appointment: { link: { usable, failed: ['not_confirmed'] } }, checks, people });

test('the most pressing thing about a row is said first', () => {
  assert.deepEqual(stateOf(row()), { kind: 'good', code: '' });
  assert.deepEqual(stateOf(row({ usable: false, checks: [check('contact_missing', false), check('type_not_linked')] })), { kind: 'bad', code: 'type_not_linked' });
  assert.equal(stateOf(row({ usable: false })).code, 'not_confirmed');
  const failed = person({ message: { state: 'failed', at: null, why: 'refused' } });
  assert.equal(stateOf(row({ people: [failed, person({ person: 'guest:1', revoked: true })] })).kind, 'takenBack');
  assert.equal(stateOf(row({ people: [failed] })).kind, 'undelivered');
  const invited = { ...failed, person: 'guest:invited.x' };
  assert.equal(stateOf(row({ people: [person(), invited] })).kind, 'undelivered');
  assert.equal(stateOf(row({ people: [person(), { ...invited, has_contact: false }] })).kind, 'good', 'whoever invited them gives them the link');
  assert.equal(stateOf(row({ people: [person({ told: false })] })).kind, 'untold');
  assert.equal(stateOf(row({ people: [person({ message: { state: 'pending', at: null, why: null } })] })).kind, 'pending');
});

test('what fails and does not block is a warning, and each fault has its place or none', () => {
  assert.deepEqual(warnings([check('contact_missing', false), check('revoked'), check('x', false, true)]).map(({ code }) => code), ['contact_missing']);
  const both = [check('contact_missing', false), check('message_undelivered', false)];
  assert.deepEqual(warnings(both).map(({ code }) => code), ['contact_missing'], 'why no message arrived is said once');
  assert.deepEqual(warnings(both.slice(1)).map(({ code }) => code), ['message_undelivered']);
  assert.equal(fixOf('practitioner_not_video_enabled'), 'practitioner');
  assert.equal(fixOf('ambiguous_clinic'), null);
  assert.equal(canExtend({ status: 'confirmed', outcome: null }), true);
  for (const [status, outcome] of [['confirmed', 'left_unseen'], ['cancelled', null], ['no_show', 'patient_absent']]) assert.equal(canExtend({ status, outcome }), false);
  assert.equal(idAt({ where: '/v1/appointment-types/video%20visit' }), 'video visit');
});

test('a code is its digits, however it was pasted', () => {
  assert.equal(digitsOf(' 123 456\n'), '123456');
  assert.equal(digitsOf('１２３-４５６'), '123456');
  assert.equal(isWhole('12345'), false);
  assert.equal(isWhole('1234567'), false);
  assert.equal(isWhole('123 456'), true);
});

test('a device is remembered for its address only, until its day, and damage is no trouble', () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  let now = Date.parse('2026-11-24T10:00:00Z');
  const devices = new Devices(storage, () => now);
  devices.keep('a', 'secret', '2026-11-25T10:00:00Z');
  devices.keep('b', 'other', '2026-12-25T10:00:00Z');
  assert.equal(devices.get('a').device, 'secret');
  assert.equal(devices.get('c'), null);
  now = Date.parse('2026-11-25T10:00:00Z');
  assert.equal(devices.get('a'), null);
  devices.forget('a');
  devices.forget('b');
  assert.equal(kept.size, 0, 'nothing is left behind');
  kept.set('consultroom.devices', '{');
  assert.equal(devices.get('b'), null);
});

test('"from 14:06 on" is true to the second', () => {
  const now = Date.parse('2026-11-24T14:04:30Z');
  assert.equal(againAt({ facts: { retry_after: 31 } }, now), Date.parse('2026-11-24T14:06:00Z'));
  assert.equal(againAt({ facts: { retry_after: 30 } }, now), Date.parse('2026-11-24T14:05:00Z'));
  assert.equal(againAt({ facts: {} }, now), Date.parse('2026-11-24T14:06:00Z'));
});

test('a backfill is shown while it goes on and once at its end; an old one is not', () => {
  const watch = new BackfillWatch();
  const run = (began, ended = null) => ({ cause: 'type', started_at: began, seen: 0, healed: 0, total: 9, finished_at: ended });
  assert.equal(watch.hear(null), 'none');
  assert.equal(watch.hear(run('1', '1')), 'none');
  assert.equal(watch.hear(run('2')), 'running');
  assert.equal(watch.hear(run('2', '3')), 'done');
  assert.equal(watch.hear(run('2', '3')), 'none');
  watch.expected = true;
  assert.equal(watch.hear(run('2', '3')), 'none', 'the run before');
  assert.equal(watch.hear(run('4', '4')), 'done', 'begun from here, and over before the first look');
  assert.equal(watch.expected, false);
  assert.equal(watch.hear(run('5', '5')), 'none', 'somebody else’s, over before it was seen');
});

test('a link that opens nothing has no details', () => {
  for (const code of ['token_revoked', 'token_invalid', 'moved', 'unauthenticated', 'role_not_allowed']) assert.equal(opensNothing(code), true, code);
  for (const code of ['cancelled', 'window_closed', 'left', '']) assert.equal(opensNothing(code), false, code);
});

test('days as a date field has them, in the clinic’s zone', () => {
  assert.equal(dateIn('2026-11-24T23:30:00Z', 'Australia/Sydney'), '2026-11-25');
  assert.equal(dateIn('2026-01-05T03:00:00Z', 'America/New_York'), '2026-01-04');
  assert.equal(dayAfter('2026-12-31'), '2027-01-01');
});

/** An API whose link stands as `link.now` says. */
function following(link) {
  const changes = [];
  const api = { get: () => (link.now instanceof Error ? Promise.reject(link.now) : Promise.resolve({ appointment: link.now })) };
  return { changes, stop: follow(api, () => changes.push(link.now)) };
}

/** Lets what was asked be answered. */
async function answered() {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

async function minute() {
  timers.tick(LOOK_EVERY);
  await answered();
}

test('a visit that is moved or cancelled while its patient is early is noticed, once', async () => {
  const link = { now: { status: 'confirmed', window: { opens_at: '1' }, starts_at: '2' } };
  const { changes } = following(link);
  await answered();
  await minute();
  assert.equal(changes.length, 0);
  link.now = new ApiProblem('unreachable');
  await minute();
  assert.equal(changes.length, 0, 'an outage is no news');
  link.now = { status: 'confirmed', window: { opens_at: '0' }, starts_at: '1' };
  await minute();
  await minute();
  assert.equal(changes.length, 1);
});

test('so is a link that was taken back; and nothing once nobody is early any more', async () => {
  const link = { now: { status: 'confirmed', window: {}, starts_at: '2' } };
  const first = following(link);
  const second = following(link);
  await answered();
  second.stop();
  link.now = new ApiProblem('token_revoked');
  await minute();
  assert.equal(first.changes.length, 1);
  assert.equal(second.changes.length, 0);
});
