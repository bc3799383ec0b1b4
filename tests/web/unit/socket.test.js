// One session over many sockets, against a server played by hand.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { SessionStore } from '../../../web/lib/session-store.js';
import { Connection } from '../../../web/lib/socket.js';
import { FakeTimers } from './fake-timers.js';

/** @type {FakeSocket[]} */
let sockets = [];

class FakeSocket {
  static OPEN = 1;

  constructor(url, protocol) {
    Object.assign(this, { url, protocol, readyState: 0, sent: [], closed: false });
    sockets.push(this);
  }

  send(text) { this.sent.push(JSON.parse(text)); }
  close() { this.closed = true; }
  opens() { this.readyState = 1; this.onopen?.(); }
  says(frame) { this.onmessage?.({ data: JSON.stringify(frame) }); }
  drops(code = 1006) { this.readyState = 3; this.onclose?.({ code }); }
  types() { return this.sent.map(({ type }) => type); }
}

const WELCOME = { type: 'welcome', seq: 1, sid: 's', key: 'k', resumed: false, state: 'waiting' };
let frames, links, refusals, kept, clock, timers;

beforeEach(() => {
  timers = new FakeTimers();
  timers.install();
  sockets = [];
  [frames, links, refusals, kept, clock] = [[], [], [], new Map(), 0];
});

afterEach(() => timers.restore());

function connection() {
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  return new Connection({
    url: 'ws://x/ws/a', token: 'a.b.c', device: 'Test', Socket: FakeSocket, now: () => clock, random: () => 0.5,
    store: new SessionStore(storage, 'a.b.c', () => clock),
    onframe: (frame) => frames.push(frame),
    onlink: (link) => links.push(link),
    onrefused: (refusal, close) => refusals.push([refusal.code, close]),
  });
}

function welcomed() {
  const made = connection();
  made.start();
  sockets[0].opens();
  sockets[0].says(WELCOME);
  return made;
}

test('the token is in the hello and nowhere else', () => {
  welcomed();
  assert.equal(sockets[0].url, 'ws://x/ws/a');
  assert.equal(sockets[0].protocol, 'consultroom.v1');
  assert.deepEqual(sockets[0].sent[0], { type: 'hello', v: 1, token: 'a.b.c', device: 'Test' });
  assert.deepEqual(links, ['connecting', 'up']);
});

test('a drop is resumed from the last frame, and a replay is not shown twice', () => {
  welcomed();
  sockets[0].says({ type: 'waiting', seq: 2 });
  sockets[0].drops();
  timers.tick(10_000);
  sockets[1].opens();
  assert.deepEqual(sockets[1].sent[0], { type: 'hello', v: 1, resume: { sid: 's', key: 'k', seq: 2 } });
  sockets[1].says({ ...WELCOME, resumed: true, seq: 2 });
  sockets[1].says({ type: 'waiting', seq: 2 });
  sockets[1].says({ type: 'queue', seq: 3 });
  assert.deepEqual(frames.map(({ type }) => type), ['welcome', 'waiting', 'welcome', 'queue']);
  assert.deepEqual(links, ['connecting', 'up', 'down', 'up']);
});

test('a resume that is refused becomes a token hello on the same socket', () => {
  welcomed();
  sockets[0].drops();
  timers.tick(10_000);
  sockets[1].opens();
  sockets[1].says({ type: 'error', seq: 0, code: 'resume_refused' });
  assert.deepEqual(sockets[1].types(), ['hello', 'hello']);
  assert.equal(sockets[1].sent[1].token, 'a.b.c');
});

test('after a reload the session is resumed from nothing; refused, it needs a new click', () => {
  welcomed();
  sockets = [];
  const reloaded = connection();
  assert.equal(reloaded.resume(), true);
  sockets[0].opens();
  assert.deepEqual(sockets[0].sent[0].resume, { sid: 's', key: 'k', seq: 0 });
  sockets[0].says({ type: 'error', seq: 0, code: 'resume_refused' });
  assert.deepEqual(refusals, [['resume_refused', 0]]);
  assert.deepEqual(sockets[0].types(), ['hello']);
  assert.equal(connection().resume(), false);
});

test('a request is asked again after a drop with the same cid, and answered once', async () => {
  const made = welcomed();
  const answered = made.request({ type: 'admit', person: 'patient', appointment: 'a' });
  const [, first] = sockets[0].sent;
  sockets[0].drops();
  timers.tick(10_000);
  sockets[1].opens();
  sockets[1].says({ ...WELCOME, resumed: true });
  assert.deepEqual(sockets[1].sent[1], first);
  sockets[1].says({ type: 'ack', seq: 2, cid: first.cid });
  assert.equal((await answered).type, 'ack');
  assert.equal(frames.some(({ type }) => type === 'ack'), false);
});

test('signals wait for the connection, other frames do not', () => {
  const made = welcomed();
  sockets[0].drops();
  made.signal('peer', { candidate: null });
  made.send({ type: 'state', audio: false });
  timers.tick(10_000);
  sockets[1].opens();
  sockets[1].says({ ...WELCOME, resumed: true });
  assert.deepEqual(sockets[1].types(), ['hello', 'signal']);
});

test('what has arrived is acknowledged, a burst once', () => {
  welcomed();
  for (let seq = 2; seq <= 5; seq += 1) sockets[0].says({ type: 'waiting', seq });
  timers.tick(1_500);
  assert.deepEqual(sockets[0].sent.filter(({ type }) => type === 'ack'), [{ type: 'ack', seq: 5 }]);
  for (let seq = 6; seq <= 40; seq += 1) sockets[0].says({ type: 'waiting', seq });
  assert.deepEqual(sockets[0].sent.at(-1), { type: 'ack', seq: 37 });
});

test('a final code ends it; an early one and elsewhere ask the page', () => {
  for (const [code, close] of [['cancelled', 4504], ['too_early', 4010], ['elsewhere', 4009]]) {
    const made = connection();
    made.start();
    sockets.at(-1).opens();
    sockets.at(-1).says({ type: 'error', seq: 0, code });
    sockets.at(-1).drops(close);
    assert.deepEqual(refusals.at(-1), [code, close]);
  }
  timers.tick(100_000);
  assert.equal(sockets.length, 3, 'none of them tries again by itself');
});

test('the server says when to come back', () => {
  welcomed();
  sockets[0].says({ type: 'error', seq: 2, code: 'draining', retry_after: 5 });
  sockets[0].drops(4012);
  timers.tick(4_900);
  assert.equal(sockets.length, 1);
  timers.tick(1_000);
  assert.equal(sockets.length, 2);
});

test('a connection that is open but dead is found by a ping', () => {
  welcomed();
  clock = 10_000;
  timers.tick(10_000);
  assert.equal(sockets[0].types().at(-1), 'ping');
  clock = 20_000;
  timers.tick(10_000);
  assert.deepEqual(links, ['connecting', 'up', 'down']);
  assert.equal(sockets[0].closed, true);
});

test('a pong proves life', () => {
  welcomed();
  for (let round = 1; round <= 3; round += 1) {
    clock = round * 10_000;
    timers.tick(10_000);
    sockets[0].says({ type: 'pong', seq: round + 1 });
  }
  assert.deepEqual(links, ['connecting', 'up']);
});

test('a late event of an old socket is not heard', () => {
  const made = welcomed();
  const old = { close: sockets[0].onclose, message: sockets[0].onmessage };
  made.stop('left');
  assert.equal(sockets[0].onclose, null);
  assert.ok(old.close);
  assert.equal(kept.size, 0);
});

test('a drop does not wait for what was refused long before', () => {
  welcomed();
  sockets[0].says({ type: 'error', seq: 2, code: 'rate_limited', retry_after: 5 });
  sockets[0].drops();
  timers.tick(1_000);
  assert.equal(sockets.length, 2);
});
