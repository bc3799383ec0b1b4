// Free times week by week, the time a tab keeps, what is said of the time left, and what is asked of the server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../../../web/lib/api.js';
import { booking, calendarFile, confirm, releaseHold, hold, extendHold, holdNow } from '../../../web/lib/calls/booking.js';
import { contactOf } from '../../../web/lib/contact.js';
import { HoldStore } from '../../../web/lib/hold-store.js';
import { RepeatKey } from '../../../web/lib/idempotency.js';
import { WEEKS, byDay, oneEach, searches, weekOf, weekWith } from '../../../web/lib/slots.js';
import { toTell } from '../../../web/lib/time-left.js';
import { datesText, lengthText, longDateText, weekdayAndTime } from '../../../web/lib/time.js';

const slot = (start, practitioner = 'dr') => ({ starts_at: start, ends_at: start, practitioner });
const MINUTE = 60_000;

test('weeks begin today and leave no day out', () => {
  assert.deepEqual(weekOf('2026-11-28', 0), { from: '2026-11-28', to: '2026-12-05' });
  assert.deepEqual(weekOf('2026-11-28', 1), { from: '2026-12-05', to: '2026-12-12' });
  for (const [date, week] of [['2026-11-28', 0], ['2026-12-04', 0], ['2026-12-05', 1], ['2027-01-01', 4]]) assert.equal(weekWith('2026-11-28', date), week, date);
});

test('the search after an empty week goes on from its end to the last that can be booked, without a gap', () => {
  for (const week of [0, 7, 45, WEEKS - 2]) {
    const ranges = searches('2026-11-28', week);
    assert.equal(ranges[0].from, weekOf('2026-11-28', week).to);
    assert.equal(ranges.at(-1).to, weekOf('2026-11-28', WEEKS - 1).to);
    for (let next = 1; next < ranges.length; next += 1) assert.equal(ranges[next].from, ranges[next - 1].to);
  }
  assert.deepEqual(searches('2026-11-28', WEEKS - 1), []);
});

test('days are the clinic’s, wherever one looks from', () => {
  const late = slot('2026-11-28T23:30:00Z');
  const days = byDay([slot('2026-11-28T12:30:00Z'), late], 'Australia/Sydney');
  assert.deepEqual(days.map(({ date, slots }) => [date, slots.length]), [['2026-11-28', 1], ['2026-11-29', 1]]);
  assert.equal(byDay([late], 'Europe/London')[0].date, '2026-11-28');
  assert.deepEqual(byDay([], 'Europe/London'), []);
});

test('whoever is free: each time once, and nobody gets them all', () => {
  const slots = [slot('1', 'a'), slot('1', 'b'), slot('2', 'b')];
  assert.deepEqual(oneEach(slots, () => 0).map(({ practitioner }) => practitioner), ['a', 'b']);
  assert.deepEqual(oneEach(slots, () => 0.999).map(({ practitioner }) => practitioner), ['b', 'b']);
});

test('the time left is said at five minutes and at one, and after a sleep only the last of them', () => {
  assert.equal(toTell(5 * MINUTE + 1, 5 * MINUTE), 5);
  assert.equal(toTell(5 * MINUTE, 5 * MINUTE - 1_000), null);
  assert.equal(toTell(MINUTE + 500, MINUTE - 500), 1);
  assert.equal(toTell(9 * MINUTE, 30_000), 1);
  assert.equal(toTell(3 * MINUTE, 2 * MINUTE), null, 'a short hold is not told what it never had');
});

test('a tab goes on with its own time only, and not with what another link kept', () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  const store = new HoldStore(storage, 'harbour');
  assert.equal(store.load(), null);
  store.save({ id: 'b-1', secret: 's', told: 'here' });
  assert.deepEqual(store.load(), { id: 'b-1', secret: 's', told: 'here' });
  assert.equal(new HoldStore(storage, 'another').load(), null);
  store.forget();
  assert.equal(store.load(), null);
  kept.set('consultroom.hold', '{');
  assert.equal(store.load(), null);
});

/** An API that notes what is asked. */
function noted(token) {
  const asked = [];
  const fetcher = (path, { method, headers, body }) => {
    asked.push({ call: `${method} ${path}`, bearer: headers.Authorization, key: headers['Idempotency-Key'], body: body && JSON.parse(body) });
    return Promise.resolve({ ok: true, json: () => Promise.resolve({}), blob: () => Promise.resolve('file') });
  };
  return { asked, api: new Api(token, fetcher) };
}

test('a visitor names the clinic and has the secret as the only key', async () => {
  const { asked, api } = noted('');
  const held = { id: 'b-1', secret: 's' };
  await booking(api, { clinic: 'harbour' });
  await hold(api, { clinic: 'harbour' }, slot('2026-11-28T12:30:00Z'), 'video', 'k');
  await holdNow(api, held);
  await extendHold(api, held);
  await confirm(api, held, { name: 'Sam' });
  await releaseHold(api, held);
  assert.deepEqual(asked.map(({ call }) => call), ['GET /v1/booking?clinic=harbour', 'POST /v1/holds', 'GET /v1/holds/b-1', 'POST /v1/holds/b-1/extend',
    'POST /v1/holds/b-1/confirm', 'DELETE /v1/holds/b-1']);
  assert.deepEqual(asked.map(({ bearer }) => bearer), [undefined, undefined, 'Bearer s', undefined, undefined, 'Bearer s']);
  assert.deepEqual(asked[1].body, { clinic: 'harbour', practitioner: 'dr', type: 'video', starts_at: '2026-11-28T12:30:00Z' });
  assert.equal(asked[1].key, 'k');
  assert.deepEqual(asked[4].body, { secret: 's', patient: { name: 'Sam' } });
});

test('a patient’s own link says which clinic and whom; the calendar file is fetched with the new link', async () => {
  const { asked, api } = noted('t');
  await booking(api, {});
  await confirm(api, { id: 'b-1', secret: 's' }, null);
  assert.deepEqual(asked.map(({ call, bearer }) => [call, bearer]), [['GET /v1/booking', 'Bearer t'], ['POST /v1/holds/b-1/confirm', 'Bearer t']]);
  assert.deepEqual(asked[1].body, { secret: 's' });
  assert.equal(await calendarFile(api, 'b-1', 'new'), 'file');
  assert.deepEqual([asked[2].call, asked[2].bearer], ['GET /v1/appointments/b-1/calendar.ics', 'Bearer new']);
});

test('days and times in words', () => {
  assert.equal(longDateText('2026-11-24', 'en-GB'), 'Tuesday 24 November');
  assert.equal(datesText('2026-11-24', '2026-11-30', 'de'), '24.–30. November');
  assert.equal(weekdayAndTime('2026-11-24T23:05:00Z', 'en-GB', 'Europe/Berlin'), 'Wed 00:05');
});

test('how long, in whole hours where it is', () => {
  assert.equal(lengthText(1440, 'en'), '24 hours');
  assert.equal(lengthText(60, 'de'), '1 Stunde');
  assert.equal(lengthText(90, 'de'), '90 Minuten');
});

test('one field takes an address or a number', () => {
  assert.deepEqual(contactOf('sam@example.org'), { email: 'sam@example.org' });
  assert.deepEqual(contactOf('+49 30 1234567'), { phone: '+49 30 1234567' });
});

test('a second try of the same has the same key, until it is done', () => {
  const repeat = new RepeatKey();
  const first = repeat.of('dr', '09:00');
  assert.equal(repeat.of('dr', '09:00'), first);
  const other = repeat.of('dr', '09:15');
  assert.notEqual(other, first);
  repeat.forget();
  assert.notEqual(repeat.of('dr', '09:15'), other);
});
