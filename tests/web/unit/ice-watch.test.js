// When ICE is restarted, and that fresh TURN credentials are asked for before (E1, E2).

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { IceWatch } from '../../../web/lib/ice-watch.js';
import { FakeTimers } from './fake-timers.js';

let timers, pc, told, watch;

beforeEach(() => {
  timers = new FakeTimers();
  timers.install();
  told = [];
  pc = { connectionState: 'new', signalingState: 'stable', remoteDescription: {}, restartIce: () => told.push('restart') };
  watch = new IceWatch(pc, (media) => told.push(media), () => told.push('stuck'));
});

afterEach(() => timers.restore());

function becomes(state) {
  pc.connectionState = state;
  pc.onconnectionstatechange();
}

const settled = () => new Promise((done) => setImmediate(done));

test('a break that does not heal: credentials first, then the restart', async () => {
  let give = () => {};
  watch.fresh = () => { told.push('ask'); return new Promise((done) => { give = done; }); };
  becomes('connected');
  becomes('disconnected');
  timers.tick(5_000);
  await settled();
  assert.deepEqual(told, ['connected', 'connecting', 'ask']);
  give();
  await settled();
  assert.deepEqual(told.slice(3), ['restart']);
});

test('what healed while they were asked for is left alone, and so is what was closed', async () => {
  for (const meanwhile of [() => becomes('connected'), () => watch.stop()]) {
    let give = () => {};
    watch.fresh = () => new Promise((done) => { give = done; });
    becomes('connected');
    becomes('disconnected');
    timers.tick(5_000);
    meanwhile();
    give();
    await settled();
  }
  assert.ok(!told.includes('restart'));
});

test('a failure is told at once and tried again, each time later', async () => {
  becomes('failed');
  assert.deepEqual(told, ['failed']);
  timers.tick(1_000);
  await settled();
  assert.deepEqual(told, ['failed', 'restart']);
  becomes('failed');
  timers.tick(1_000);
  await settled();
  assert.equal(told.filter((one) => one === 'restart').length, 1);
  timers.tick(1_000);
  await settled();
  assert.equal(told.filter((one) => one === 'restart').length, 2);
});

test('agreed and not one candidate: a new connection, with fresh credentials', async () => {
  watch.fresh = () => { told.push('ask'); return Promise.resolve(); };
  pc.onsignalingstatechange();
  timers.tick(2_000);
  await settled();
  assert.deepEqual(told, ['ask', 'stuck']);
});

test('with candidates and no connection it counts as failed', () => {
  watch.gathered = true;
  pc.onsignalingstatechange();
  timers.tick(2_000);
  timers.tick(20_000);
  assert.deepEqual(told, ['failed']);
});
