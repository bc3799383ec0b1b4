// Hours as minutes and as fields, a week in order, wall clocks across DST, what can be done, and what is asked of the server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../../../web/lib/api.js';
import { addException, changeWindow, removeWindow } from '../../../web/lib/calls/availability.js';
import { reallocate, seatWaiting } from '../../../web/lib/calls/clashes.js';
import { canDo, holderOf } from '../../../web/lib/can-do.js';
import { DAY, clockOf, endMinutesOf, fieldOf, isOvernight, isWholeDay, lengthOf, minutesOf, spanOf } from '../../../web/lib/day-minutes.js';
import { byWeekday, lastDayOf, slotsIn, toCome, validity } from '../../../web/lib/hours.js';
import { dateText, dayAfter, weekdayName } from '../../../web/lib/time.js';
import { instantOf } from '../../../web/lib/wall-time.js';

test('minutes since midnight are clocks, and the end of a day is 24:00', () => {
  assert.equal(spanOf({ start_minute: 540, end_minute: 660 }), '09:00 – 11:00');
  assert.equal(clockOf(DAY), '24:00');
  assert.equal(fieldOf(DAY), '00:00', 'a time field knows no 24:00');
  assert.equal(minutesOf('00:00'), 0);
  assert.equal(endMinutesOf('00:00'), DAY);
  assert.equal(endMinutesOf('17:30'), 1050);
  assert.equal(minutesOf('09:05:00'), 545);
  assert.equal(minutesOf(''), null);
  assert.equal(endMinutesOf(''), null);
  assert.ok(isWholeDay({ start_minute: 0, end_minute: DAY }));
  assert.ok(!isWholeDay({ start_minute: 0, end_minute: 1439 }));
});

const window = (more) => ({ id: 'w', weekday: 0, start_minute: 540, end_minute: 720, slot_minutes: 15, buffer_minutes: 0, active: true, valid_from: null, valid_until: null, ...more });

test('a week has seven days, each with its hours in order', () => {
  const late = window({ id: 'late', start_minute: 800, end_minute: 900 });
  const week = byWeekday([late, window({ id: 'sunday', weekday: 6 }), window({ id: 'early' })]);
  assert.deepEqual(week.map((day) => day.map(({ id }) => id)), [['early', 'late'], [], [], [], [], [], ['sunday']]);
});

test('how many appointments fit, with the pause between them and none after the last', () => {
  assert.equal(slotsIn(window()), 12);
  assert.equal(slotsIn(window({ buffer_minutes: 5 })), 9);
  assert.equal(slotsIn(window({ end_minute: 560, slot_minutes: 20, buffer_minutes: 60 })), 1);
  assert.equal(slotsIn(window({ end_minute: 550 })), 0);
  assert.equal(slotsIn(window({ slot_minutes: null })), 0);
});

test('hours over midnight are as long as they last, and their day ends on the next', () => {
  assert.equal(lengthOf({ start_minute: 1350, end_minute: 120 }), 210);
  assert.equal(lengthOf({ start_minute: 0, end_minute: DAY }), DAY);
  assert.ok(isOvernight({ start_minute: 1350, end_minute: 120 }) && !isOvernight({ start_minute: 0, end_minute: DAY }));
  assert.equal(slotsIn(window({ start_minute: 1350, end_minute: 120, slot_minutes: 30 })), 7);
  const day = { date: '2026-11-24', until: null, start_minute: 1350, end_minute: 120 };
  assert.equal(lastDayOf(day), '2026-11-25');
  assert.equal(lastDayOf({ ...day, until: '2026-12-01' }), '2026-12-01');
  assert.deepEqual(toCome([day, { ...day, until: '2026-12-01' }], '2026-11-26').map(({ until }) => until), ['2026-12-01'], 'closed over days is listed until its last');
});

test('days that have passed are not listed, and the next comes first', () => {
  const day = (date, start_minute = 0) => ({ id: date, date, until: null, start_minute, end_minute: DAY });
  const listed = toCome([day('2026-12-24'), day('2026-11-24', 600), day('2026-11-24', 540), day('2026-11-23')], '2026-11-24');
  assert.deepEqual(listed.map(({ date, start_minute: start }) => [date, start]), [['2026-11-24', 540], ['2026-11-24', 600], ['2026-12-24', 0]]);
});

test('the last day is a day of validity', () => {
  assert.equal(validity(window({ valid_until: '2026-11-24' }), '2026-11-24'), 'now');
  assert.equal(validity(window({ valid_until: '2026-11-23' }), '2026-11-24'), 'over');
  assert.equal(validity(window({ valid_from: '2026-11-25' }), '2026-11-24'), 'later');
});

test('a clock on the wall as an instant, also where clocks are moved', () => {
  const said = (date, time, zone) => {
    const found = instantOf(date, time, zone);
    return typeof found === 'number' ? new Date(found).toISOString() : found;
  };
  assert.equal(said('2026-11-24', '09:05', 'Australia/Sydney'), '2026-11-23T22:05:00.000Z');
  assert.equal(said('2026-10-04', '02:30', 'Australia/Sydney'), 'skipped');
  assert.equal(said('2026-10-04', '03:30', 'Australia/Sydney'), '2026-10-03T16:30:00.000Z');
  assert.equal(said('2026-10-25', '02:30', 'Europe/Berlin'), 'twice');
  assert.equal(said('2026-10-25', '03:30', 'Europe/Berlin'), '2026-10-25T02:30:00.000Z');
  assert.equal(said('2026-04-05', '02:45', 'Australia/Lord_Howe'), said('2026-04-05', '02:45:00', 'Australia/Lord_Howe'));
  assert.equal(said('2026-01-01', '00:00', 'Pacific/Kiritimati'), '2025-12-31T10:00:00.000Z');
  assert.equal(said('2026-09-06', '00:30', 'America/Santiago'), 'skipped', 'clocks are put forward over midnight');
});

test('dates and weekdays are the same wherever the page is looked at', () => {
  assert.equal(dateText('2026-11-24', 'en-GB'), 'Tue, 24 Nov 2026');
  assert.equal(weekdayName(0, 'de'), 'Montag');
  assert.equal(weekdayName(6, 'en'), 'Sunday');
  assert.equal(dayAfter('2026-11-24', 42), '2027-01-05');
});

test('only what would work now is offered', () => {
  const appointment = (more) => ({ status: 'confirmed', outcome: null, starts_at: '2026-11-24T10:00:00Z', window: { closes_at: '2026-11-24T11:00:00Z' }, ...more });
  const at = (clock) => Date.parse(`2026-11-24T${clock}Z`);
  const offered = (its, clock) => Object.entries(canDo(its, at(clock))).filter(([, can]) => can).map(([what]) => what);
  assert.deepEqual(offered(appointment(), '09:00:00'), ['move', 'cancel']);
  assert.deepEqual(offered(appointment(), '10:00:00'), ['move', 'cancel', 'complete']);
  assert.deepEqual(offered(appointment(), '11:00:00'), ['complete', 'noShow']);
  assert.deepEqual(offered(appointment({ outcome: 'brief' }), '10:30:00'), ['complete']);
  assert.deepEqual(offered(appointment({ status: 'held' }), '09:00:00'), ['cancel']);
  assert.deepEqual(offered(appointment({ status: 'no_show', outcome: 'both_absent' }), '12:00:00'), ['undo']);
  assert.deepEqual(offered(appointment({ status: 'cancelled' }), '09:00:00'), []);
});

test('a place that somebody waits for may be free by now', () => {
  const times = { starts_at: '2026-11-24T10:00:00Z', ends_at: '2026-11-24T10:15:00Z' };
  const clash = (other) => ({ practitioner: 'dr', ...times, other: other === null ? null : { status: 'confirmed', practitioner: 'dr', ...times, ...other } });
  assert.equal(holderOf(clash({ id: 'a' })).id, 'a');
  assert.equal(holderOf(clash(null)), null);
  assert.equal(holderOf(clash({ status: 'cancelled' })), null);
  assert.equal(holderOf(clash({ practitioner: 'li' })), null);
  assert.equal(holderOf(clash({ starts_at: '2026-11-24T10:15:00Z', ends_at: '2026-11-24T10:30:00Z' })), null, 'back to back is fine');
  assert.notEqual(holderOf(clash({ starts_at: '2026-11-24T10:14:00Z', ends_at: '2026-11-24T10:30:00Z' })), null);
});

/** What a call asks of the server. */
async function asked(call) {
  const calls = [];
  const fetcher = (path, { method, headers, body }) => {
    calls.push({ path, method, key: headers['Idempotency-Key'], body: body === undefined ? undefined : JSON.parse(body) });
    return Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve({ affected: [] }) });
  };
  await call(new Api('a.b.c', fetcher));
  return calls[0];
}

test('a look before is never a change', async () => {
  assert.deepEqual(await asked((api) => changeWindow(api, 'dr/x', 'w 1', { active: false }, true)),
    { path: '/v1/practitioners/dr%2Fx/availability/w%201', method: 'PATCH', key: undefined, body: { active: false, dry_run: true } });
  assert.deepEqual((await asked((api) => changeWindow(api, 'dr', 'w', { active: false }, false))).body, { active: false });
  assert.equal((await asked((api) => removeWindow(api, 'dr', 'w', true))).path, '/v1/practitioners/dr/availability/w?dry_run=true');
  assert.equal((await asked((api) => removeWindow(api, 'dr', 'w', false))).path, '/v1/practitioners/dr/availability/w');
  const day = { date: '2026-12-24', kind: 'closed' };
  assert.deepEqual((await asked((api) => addException(api, 'dr', day))).body, { ...day, dry_run: true });
  assert.deepEqual(await asked((api) => addException(api, 'dr', day, 'key')), { path: '/v1/practitioners/dr/exceptions', method: 'POST', key: 'key', body: day });
});

test('both ways out of a clash', async () => {
  const reason = 'Asked by telephone.';
  const moved = await asked((api) => reallocate(api, 'a-1', { practitioner: 'li', reason, seat: 'c-1' }, 'key'));
  assert.deepEqual([moved.path, moved.body], ['/v1/appointments/a-1/reallocate', { practitioner: 'li', reason, seat: 'c-1' }]);
  const seated = await asked((api) => seatWaiting(api, 'c-1', { reason }, 'key'));
  assert.deepEqual([seated.path, seated.body, seated.key], ['/v1/clashes/c-1/seat', { reason }, 'key']);
});
