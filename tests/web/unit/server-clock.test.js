// The server's clock: whatever this machine's own does meanwhile.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { ServerClock, passing } from '../../../web/lib/server-clock.js';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-11-24T12:00:00Z');

/** A machine whose clock is wrong by so much, and which a test puts right, or to sleep. */
function machine(wrong = 0) {
  const its = { steady: 5_000, wall: NOON + wrong };
  return {
    its,
    steady: () => its.steady,
    wall: () => its.wall,
    pass(milliseconds) {
      its.steady += milliseconds;
      its.wall += milliseconds;
    },
    /** Some clocks stand still meanwhile. */
    sleep(milliseconds) {
      its.wall += milliseconds;
    },
  };
}

/** @param {ReturnType<typeof machine>} on */
function clockOf(on) {
  const asked = [];
  const clock = new ServerClock(on.steady, on.wall);
  clock.onapart = () => asked.push(on.its.steady);
  return { clock, asked };
}

for (const put of [-HOUR, HOUR, -7 * 24 * HOUR]) {
  test(`the time goes on as it was when this machine's clock is put by ${put / HOUR} hours, and the server is asked once`, () => {
    const here = machine(-put);
    const { clock, asked } = clockOf(here);
    clock.hear('2026-11-24T12:00:00Z');
    here.pass(10_000);
    assert.equal(clock.now(), NOON + 10_000);
    here.its.wall += put;
    here.pass(1_000);
    assert.equal(clock.now(), NOON + 11_000);
    assert.equal(clock.now(), NOON + 11_000);
    assert.equal(asked.length, 1);
  });
}

test('after a sleep in which the steady clock stood still the server is asked, and its answer counts', () => {
  const here = machine();
  const { clock, asked } = clockOf(here);
  clock.hear('2026-11-24T12:00:00Z');
  here.sleep(HOUR);
  clock.look();
  assert.equal(asked.length, 1);
  clock.hearBetween(NOON + HOUR, NOON + HOUR + 1_000);
  assert.ok(Math.abs(clock.now() - NOON - HOUR) <= 1_000);
});

test('an answer in whole seconds does not make worse what is known better, and a slow one says little', () => {
  const here = machine();
  const { clock } = clockOf(here);
  clock.hear('2026-11-24T12:00:00.700Z');
  clock.hearBetween(NOON, NOON + 1_000);
  assert.equal(clock.now(), NOON + 700);
  clock.hearBetween(NOON - 14_000, NOON + 2_000);
  assert.equal(clock.now(), NOON + 700);
  clock.hearBetween(NOON + 5_000, NOON + 6_000);
  assert.equal(clock.now(), NOON + 5_500);
});

test('before anything was heard, this machine is believed', () => {
  assert.equal(clockOf(machine()).clock.now(), NOON);
});

test('a clock that drifts, or is slewed, is no reason to ask', () => {
  const here = machine();
  const { clock, asked } = clockOf(here);
  here.its.wall += 1_000;
  clock.look();
  assert.equal(asked.length, 0);
});

test('what has passed counts sleep, and never goes back', () => {
  const here = machine();
  const passed = passing(here.steady, here.wall);
  here.pass(1_000);
  assert.equal(passed(), 1_000);
  here.its.wall -= HOUR;
  here.pass(1_000);
  assert.equal(passed(), 2_000);
  here.sleep(HOUR);
  assert.equal(passed(), HOUR + 2_000);
});

test('no page tells the time by this machine alone', () => {
  const WEB = new URL('../../../web/', import.meta.url).pathname;
  // Its own clock, where the steady one ends with the page, and made-up data.
  const may = (/** @type {string} */ file) => ['lib/server-clock.js', 'ui/start-visit.js'].includes(file) || file.startsWith('gallery/');
  const files = readdirSync(WEB, { recursive: true }).filter((file) => file.endsWith('.js') && !may(file));
  const telling = files.filter((file) => /Date\.now|new Date\(\)|performance\.now/.test(readFileSync(WEB + file, 'utf8')));
  assert.deepEqual(telling, []);
});
