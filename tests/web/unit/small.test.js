// The small parts: backoff, times, the token, what is kept, how devices fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONGEST_PAUSE, pause } from '../../../web/lib/backoff.js';
import { deviceWords } from '../../../web/lib/device.js';
import { openDevices } from '../../../web/lib/media.js';
import { OwnMedia } from '../../../web/lib/own-media.js';
import { FRESH, SessionStore } from '../../../web/lib/session-store.js';
import { telOf } from '../../../web/lib/tel.js';
import { left, sameClock } from '../../../web/lib/time.js';
import { affinity, takeToken } from '../../../web/lib/token.js';

/** A tab's storage. */
function storage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
}

test('pauses grow, never beyond the longest, never below what the server asked', () => {
  assert.ok(pause(0, 0, () => 1) <= 500);
  assert.ok(pause(3, 0, () => 0) > pause(0, 0, () => 1));
  assert.equal(pause(99, 0, () => 1), LONGEST_PAUSE);
  assert.ok(pause(0, 20, () => 0) >= 20_000);
});

test('the token is taken from the fragment, out of the address, and kept for a reload', () => {
  const shown = [];
  const history = { replaceState: (_state, _title, url) => shown.push(url) };
  const store = storage();
  const [one, other] = ['a', 'b'].map((sign) => `${sign.repeat(8)}.${sign.repeat(17)}A.${sign.repeat(42)}A`);
  assert.equal(takeToken({ hash: `#${one}`, pathname: '/j', search: '' }, history, store), one);
  assert.deepEqual(shown, ['/j']);
  assert.equal(takeToken({ hash: '', pathname: '/j', search: '' }, history, store), one);
  assert.equal(takeToken({ hash: `#${other}`, pathname: '/j', search: '' }, history, store), other);
  assert.equal(takeToken({ hash: '', pathname: '/j', search: '' }, history, storage()), '');
});

test('only a token that looks like ours puts its affinity into a path', () => {
  assert.equal(affinity('Ab3_-xyz.payload.signature'), 'Ab3_-xyz');
  for (const odd of ['', '../../x.y.z', 'a/b.c.d', 'a b.c']) assert.equal(affinity(odd), '');
});

test('a session is come back to by the same link only, and only while it is fresh', () => {
  let now = 1_000;
  const store = storage();
  const kept = new SessionStore(store, 'token', () => now);
  assert.equal(kept.load(), null);
  kept.save({ sid: 's', key: 'k', seq: 7 });
  assert.deepEqual(kept.load(), { sid: 's', key: 'k', seq: 0 });
  assert.equal(new SessionStore(store, 'another', () => now).load(), null);
  now += FRESH;
  assert.equal(kept.load(), null);
  store.setItem('consultroom.session', '{');
  assert.equal(kept.load(), null);
});

test('what is left of a countdown', () => {
  assert.deepEqual(left(3_723_001), { days: 0, hours: 1, minutes: 2, seconds: 4 });
  assert.deepEqual(left(-5), { days: 0, hours: 0, minutes: 0, seconds: 0 });
});

test('two zones may show the same clock on one day and not on another', () => {
  assert.equal(sameClock('2026-01-15T12:00:00Z', 'Europe/London', 'UTC'), true);
  assert.equal(sameClock('2026-07-15T12:00:00Z', 'Europe/London', 'UTC'), false);
});

test('devices in a few words', () => {
  const chrome = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36';
  assert.equal(deviceWords(chrome), 'Chrome, Android');
  assert.equal(deviceWords(`${chrome} Edg/140.0`), 'Edge, Android');
  assert.equal(deviceWords(''), 'Browser');
});

/** A device that fails by this name where it is asked for. @param {Record<string, string>} failures */
function source(failures) {
  const track = (kind) => ({ kind, enabled: true, stop() { this.stopped = true; } });
  return {
    asked: 0,
    async getUserMedia(wanted) {
      this.asked += 1;
      const kinds = ['audio', 'video'].filter((kind) => wanted[kind]);
      for (const kind of kinds) if (failures[kind]) throw Object.assign(new Error(), { name: failures[kind] });
      await Promise.resolve();
      return {
        getAudioTracks: () => (wanted.audio ? [track('audio')] : []),
        getVideoTracks: () => (wanted.video ? [track('video')] : []),
      };
    },
  };
}

test('each failure has its name, and a missing camera does not cost the voice', async () => {
  const noCamera = await openDevices(source({ video: 'NotFoundError' }));
  assert.equal(noCamera.audio.kind, 'audio');
  assert.deepEqual(noCamera.failures, { video: 'absent' });
  const busy = await openDevices(source({ video: 'NotReadableError', audio: 'OverconstrainedError' }));
  assert.deepEqual(busy.failures, { audio: 'absent', video: 'busy' });
  assert.deepEqual((await openDevices(undefined)).failures, { audio: 'unsupported', video: 'unsupported' });
});

test('after a "no" nobody is asked a second time', async () => {
  const devices = source({ video: 'NotAllowedError', audio: 'NotAllowedError' });
  assert.deepEqual((await openDevices(devices)).failures, { audio: 'denied', video: 'denied' });
  assert.equal(devices.asked, 1);
});

const seen = ({ state: { audio, video } }) => ({ audio, video });

test('one asks once, mutes, and a camera that is off is let go of', async () => {
  const devices = source({});
  const own = new OwnMedia({ source: devices, onchange: () => {} });
  await Promise.all([own.open(), own.open()]);
  assert.equal(devices.asked, 1);
  own.mute(true);
  assert.equal(own.audio.enabled, false);
  assert.deepEqual(seen(own), { audio: false, video: true });
  const { video } = own;
  await own.turnCamera(true);
  assert.equal(video.stopped, true);
  assert.deepEqual(seen(own), { audio: false, video: false });
  await own.turnCamera(false);
  assert.deepEqual(seen(own), { audio: false, video: true });
  own.close();
  assert.equal(own.audio, undefined);
});

test('an extension is dialled after the number', () => {
  assert.equal(telOf('+49 30 1234567'), 'tel:+49301234567');
  assert.equal(telOf('+49 30 1234567 ext. 12'), 'tel:+49301234567;ext=12');
  assert.equal(telOf('(030) 123-456'), 'tel:030123456');
});
