// The device check without a browser: what statistics come to, whether the relay is there, its socket, and the judgement.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { complaints, isAllGood, isBad, untested } from '../../../web/lib/check-found.js';
import { CheckLine, CheckRefused } from '../../../web/lib/check-line.js';
import { EchoCall } from '../../../web/lib/echo.js';
import { measured } from '../../../web/lib/echo-stats.js';
import { relayReached } from '../../../web/lib/relay-check.js';
import { FakeTimers } from './fake-timers.js';

const report = (...stats) => new Map(stats.map((each) => [each.id, each]));
const inbound = (id, timestamp, packetsReceived, packetsLost, bytesReceived) => ({ id, type: 'inbound-rtp', timestamp, packetsReceived, packetsLost, bytesReceived });
const PAIR = { id: 'pair', type: 'candidate-pair', currentRoundTripTime: 0.0404, localCandidateId: 'local', state: 'succeeded', nominated: true };
const LOCAL = { id: 'local', type: 'local-candidate', candidateType: 'relay' };
const TRANSPORT = { id: 'transport', type: 'transport', selectedCandidatePairId: 'pair' };

test('round trip, the worse loss of both directions, bitrate and kind of candidate', () => {
  const before = report(inbound('a', 1000, 50, 0, 1000), inbound('v', 1000, 50, 0, 9000));
  const now = report(TRANSPORT, PAIR, LOCAL, inbound('a', 3000, 95, 5, 11_000), inbound('v', 3000, 100, 0, 59_000),
    { id: 'there', type: 'remote-inbound-rtp', fractionLost: 0.01 });
  assert.deepEqual(measured(before, now), { rtt_ms: 40, loss: 5 / 200, bitrate: 240_000, candidate_type: 'relay' });
});

test('what the peer lost counts where it is more', () => {
  const now = report(inbound('a', 3000, 100, 0, 0), { id: 'there', type: 'remote-inbound-rtp', fractionLost: 0.2 });
  assert.equal(measured(report(), now).loss, 0.2);
});

test('a browser that names no pair in its transport marks it', () => {
  const other = { ...PAIR, id: 'other', selected: false, currentRoundTripTime: 9 };
  assert.equal(measured(report(), report(other, { ...PAIR, selected: true }, LOCAL)).rtt_ms, 40);
  assert.equal(measured(report(), report(PAIR)).rtt_ms, 40);
});

test('where nothing came back, nothing is claimed', () => {
  assert.deepEqual(measured(report(), report()), {});
  assert.deepEqual(measured(report(), report(inbound('a', 1, 0, 0, 0))), {});
});

test('each complaint by its name, and none of what was not tried', () => {
  assert.deepEqual(complaints({}), []);
  assert.deepEqual(complaints({ camera: 'denied', microphone: 'absent', speaker: false }), ['camera', 'microphone', 'speaker']);
  assert.deepEqual(complaints({ echo: 'failed' }), ['connection']);
  assert.deepEqual(complaints({ relay: 'failed' }), ['connection']);
  assert.deepEqual(complaints({ relay: 'failed', echo: 'ok' }), ['weak']);
  assert.deepEqual(complaints({ echo: 'ok', relay: 'ok', rtt_ms: 401 }), ['weak']);
  assert.deepEqual(complaints({ echo: 'ok', loss: 0.06 }), ['weak']);
  assert.deepEqual(complaints({ echo: true, loss: 0.05, rtt_ms: 400 }), []);
});

test('all good is what was tried, not what was left out', () => {
  const all = { camera: 'ok', microphone: 'ok', speaker: true, echo: 'ok' };
  assert.equal(isAllGood(all), true);
  assert.equal(isAllGood({ ...all, loss: 0.5 }), false);
  for (const name of Object.keys(all)) {
    assert.equal(isAllGood({ ...all, [name]: undefined }), false, name);
    assert.deepEqual(untested({ ...all, [name]: undefined }), [name]);
  }
  assert.deepEqual(untested({ ...all, camera: 'denied' }), []);
  assert.equal(isBad('busy'), true);
});

let timers, peers, sockets;

class FakePeer {
  constructor(configuration) {
    Object.assign(this, { configuration, remoteDescription: null, localDescription: null, signalingState: 'stable', connectionState: 'new', added: [], closed: false });
    peers.push(this);
  }

  addTransceiver(what, how) { this.added.push([what, how]); }
  createDataChannel() {}
  setLocalDescription() { [this.localDescription, this.signalingState] = [{ type: 'offer', sdp: 'v=0' }, 'have-local-offer']; return Promise.resolve(); }
  setRemoteDescription(description) { [this.remoteDescription, this.signalingState] = [description, 'stable']; return Promise.resolve(); }
  getStats() { return Promise.resolve(report(TRANSPORT, PAIR, LOCAL)); }
  becomes(state) { this.connectionState = state; this.onconnectionstatechange(); }
  close() { this.closed = true; }
}

class FakeSocket {
  static OPEN = 1;

  constructor() {
    Object.assign(this, { readyState: 0, sent: [] });
    sockets.push(this);
  }

  send(text) { this.sent.push(JSON.parse(text)); }
  close() { this.closed = true; }
  opens() { this.readyState = 1; this.onopen(); }
  says(frame) { this.onmessage({ data: JSON.stringify(frame) }); }
}

beforeEach(() => {
  [peers, sockets, timers] = [[], [], new FakeTimers()];
  timers.install();
});

afterEach(() => timers.restore());

const settle = async () => { for (let i = 0; i < 5; i += 1) await null; };
const TURN = [{ urls: ['turn:turn.example:3478'] }];

test('without a TURN server there is no relay to reach', async () => {
  assert.equal(await relayReached(FakePeer, []), undefined);
  assert.equal(await relayReached(FakePeer, [{ urls: 'stun:a' }]), undefined);
  assert.equal(peers.length, 0);
});

test('a relay candidate is a relay; the end of gathering without one, or silence, is none', async () => {
  const ends = [
    ['ok', (pc) => pc.onicecandidate({ candidate: { candidate: 'candidate:1 1 udp 1 192.0.2.1 5 typ relay' } })],
    ['failed', (pc) => pc.onicecandidate({ candidate: null })],
    ['failed', () => timers.tick(8_000)],
  ];
  for (const [expected, happen] of ends) {
    const reached = relayReached(FakePeer, TURN);
    await settle();
    const pc = peers.at(-1);
    assert.equal(pc.configuration.iceTransportPolicy, 'relay');
    happen(pc);
    assert.equal(await reached, expected);
    assert.equal(pc.closed, true);
  }
});

function calling(tracks = [{ kind: 'audio' }, { kind: 'video' }]) {
  const said = [];
  const call = new EchoCall({ Peer: FakePeer, iceServers: TURN, tracks, send: (data) => said.push(data) });
  return { call, said, pc: peers.at(-1) };
}

test('it calls with both tracks, takes one answer, and measures', async () => {
  const { call, said, pc } = calling();
  const reached = call.connect();
  await settle();
  assert.deepEqual(said, [{ description: { type: 'offer', sdp: 'v=0' } }]);
  assert.equal(pc.added[1][1].sendEncodings[0].scaleResolutionDownBy, 2);
  pc.onicecandidate({ candidate: null });
  assert.deepEqual(said[1], { candidate: null });
  await call.receive({ description: { type: 'answer', sdp: 'one' } });
  await call.receive({ description: { type: 'answer', sdp: 'two' } });
  await call.receive({ candidate: null });
  assert.equal(pc.remoteDescription.sdp, 'one');
  pc.becomes('connecting');
  pc.becomes('connected');
  assert.equal(await reached, 'ok');
  const found = call.measure(3_000);
  timers.tick(1_000);
  await settle();
  timers.tick(2_000);
  assert.deepEqual(await found, { rtt_ms: 40, candidate_type: 'relay' });
  call.close();
  assert.equal(pc.closed, true);
});

test('without camera and microphone it still calls', () => {
  assert.deepEqual(calling([]).pc.added, [['audio', { direction: 'recvonly' }]]);
});

test('nobody who answers says nothing; an answer that leads nowhere is a failure', async () => {
  for (const [answered, happen, expected] of [
    [false, () => timers.tick(15_000), 'absent'],
    [true, () => timers.tick(15_000), 'failed'],
    [true, (pc) => pc.becomes('failed'), 'failed'],
    [true, (_pc, call) => call.close(), 'absent'],
  ]) {
    const { call, pc } = calling();
    const reached = call.connect();
    await settle();
    if (answered) await call.receive({ description: { type: 'answer', sdp: 'a' } });
    happen(pc, call);
    assert.equal(await reached, expected);
  }
});

const line = () => new CheckLine({ url: 'ws://x/ws/a', token: 'token', Socket: FakeSocket });
const WELCOME = { type: 'welcome', seq: 0, state: 'checking', echo: { sid: 'echo.1', polite: false } };

test('one hello for the check, its signals, and the result', async () => {
  const check = line();
  const heard = [];
  check.onsignal = (data) => heard.push(data);
  const welcome = check.open();
  sockets[0].opens();
  assert.deepEqual(sockets[0].sent, [{ type: 'hello', v: 1, token: 'token', for: 'check' }]);
  sockets[0].says(WELCOME);
  assert.equal((await welcome).echo.sid, 'echo.1');
  assert.equal(check.open(), welcome, 'it is open');
  check.signal('echo.1', { candidate: null });
  assert.deepEqual(sockets[0].sent[1], { type: 'signal', to: 'echo.1', data: { candidate: null } });
  sockets[0].says({ type: 'signal', from: 'echo.1', data: { description: {} } });
  assert.deepEqual(heard, [{ description: {} }]);
  const told = check.report({ camera: 'ok' });
  await settle();
  assert.deepEqual(sockets[0].sent[2], { type: 'check', cid: 'check-1', camera: 'ok' });
  sockets[0].says({ type: 'ack', cid: 'check-1' });
  await told;
  check.close();
  assert.equal(sockets[0].closed, true);
});

test('a refusal is the server’s, with how it closed', async () => {
  const check = line();
  const opened = check.open();
  sockets[0].opens();
  sockets[0].says({ type: 'error', code: 'window_closed', message: '' });
  sockets[0].onclose({ code: 4503 });
  await assert.rejects(opened, (error) => error instanceof CheckRefused && error.refusal.code === 'window_closed' && error.close === 4503);
});

test('a result nobody took is known not to be taken, and the next try opens anew', async () => {
  const check = line();
  check.open();
  sockets[0].opens();
  sockets[0].says(WELCOME);
  const [refused, cut] = [check.report({}), check.report({})];
  await settle();
  sockets[0].says({ type: 'error', cid: 'check-1', code: 'rate_limited', message: '' });
  await assert.rejects(refused, { message: 'rate_limited' });
  sockets[0].onclose({ code: 1006 });
  await assert.rejects(cut, { message: 'closed' });
  const again = check.report({ camera: 'ok' });
  sockets[1].opens();
  sockets[1].says(WELCOME);
  await settle();
  sockets[1].says({ type: 'ack', cid: 'check-3' });
  await again;
});
