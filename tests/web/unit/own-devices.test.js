// Which devices there are and which are used: chosen, gone, shared, off (E3).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceChoice, bySort, facing, find } from '../../../web/lib/device-list.js';
import { directed } from '../../../web/lib/negotiation.js';
import { OwnMedia } from '../../../web/lib/own-media.js';
import { canShare } from '../../../web/lib/screen.js';

/** @param {Record<string, string>} [kept] */
function storage(kept = {}) {
  return { kept, getItem: (key) => kept[key] ?? null, setItem: (key, value) => { kept[key] = value; } };
}

/** Two microphones and two cameras; `gone` cannot be opened. */
function machine() {
  const there = { audio: ['mic-1', 'mic-2'], video: ['cam-1', 'cam-2'] };
  const made = [];
  return {
    there,
    made,
    busy: new Set(),
    async getUserMedia(wanted) {
      await Promise.resolve();
      const tracks = ['audio', 'video'].filter((kind) => wanted[kind]).map((kind) => {
        const asked = wanted[kind].deviceId;
        const id = there[kind].find((each) => each === (asked?.exact)) ?? (asked?.exact ? undefined : there[kind][0]);
        if (id === undefined) throw Object.assign(new Error(), { name: there[kind].length === 0 ? 'NotFoundError' : 'OverconstrainedError' });
        if (this.busy.has(id)) throw Object.assign(new Error(), { name: 'NotReadableError' });
        return track(kind, id);
      });
      made.push(...tracks);
      return stream(tracks);
    },
    getDisplayMedia() {
      const shared = track('video', 'screen');
      made.push(shared);
      return Promise.resolve(stream([shared]));
    },
    get open() {
      return made.filter(({ stopped }) => !stopped).map(({ label }) => label);
    },
  };
}

const track = (kind, id) => ({ kind, label: id, enabled: true, stopped: false, stop() { this.stopped = true; }, getSettings: () => ({ deviceId: id }) });
const stream = (tracks) => ({ getAudioTracks: () => tracks.filter(({ kind }) => kind === 'audio'), getVideoTracks: () => tracks.filter(({ kind }) => kind === 'video') });
const device = (id) => ({ id, label: id });

/** Everything that was asked of the devices is done. */
async function settled(own) {
  for (let step = 0; step < 5; step += 1) await own.work;
}

async function opened(how = {}) {
  const source = machine();
  const changes = [];
  const own = new OwnMedia({ source, onchange: (media) => changes.push(media.state), ...how });
  await own.open();
  return { source, own, changes };
}

test('devices by sort, without those that only stand for others or are not named yet', () => {
  const lists = bySort([
    { deviceId: 'default', kind: 'audioinput', label: 'Default' }, { deviceId: 'a', kind: 'audioinput', label: 'Desk' },
    { deviceId: '', kind: 'videoinput', label: '' }, { deviceId: 'c', kind: 'audiooutput', label: 'Ears' }]);
  assert.deepEqual(lists, { audioinput: [{ id: 'a', label: 'Desk' }], videoinput: [], audiooutput: [{ id: 'c', label: 'Ears' }] });
  assert.deepEqual(['Back Camera', 'camera2 1, facing front', 'Rückkamera', 'HD Webcam'].map(facing), ['back', 'front', 'back', null]);
  assert.equal(find([{ id: 'n', label: 'Desk' }], { id: 'a', label: 'Desk' }).id, 'n');
  assert.equal(find([{ id: 'n', label: '' }], { id: 'a', label: '' }), undefined);
});

test('a choice is kept; what is damaged or forbidden is forgotten', () => {
  const kept = storage();
  new DeviceChoice(kept).keep('audioinput', device('mic-2'));
  assert.deepEqual(new DeviceChoice(kept).get('audioinput'), device('mic-2'));
  assert.equal(new DeviceChoice(storage({ 'consultroom.choice': '{' })).get('audioinput'), undefined);
  assert.equal(new DeviceChoice(storage({ 'consultroom.choice': '{"audioinput":{"id":1}}' })).get('audioinput'), undefined);
  const forbidden = new DeviceChoice({ getItem: () => null, setItem: () => { throw new Error('full'); } });
  forbidden.keep('videoinput', device('cam-2'));
  assert.deepEqual(forbidden.get('videoinput'), device('cam-2'));
});

test('another microphone and camera at once, and the next time again', async () => {
  const kept = storage();
  const { source, own } = await opened({ choice: new DeviceChoice(kept) });
  assert.equal(await own.choose('audio', device('mic-2')), true);
  assert.equal(await own.choose('video', device('cam-2')), true);
  assert.deepEqual([own.audio.label, own.video.label], ['mic-2', 'cam-2']);
  assert.deepEqual(source.open.sort(), ['cam-2', 'mic-2']);
  const again = new OwnMedia({ source, onchange: () => {}, choice: new DeviceChoice(kept) });
  own.close();
  await again.open();
  assert.deepEqual([again.audio.label, again.video.label], ['mic-2', 'cam-2']);
});

test('one that cannot be opened leaves what was used; a camera that is off is chosen for later', async () => {
  const { source, own } = await opened();
  source.busy.add('mic-2');
  assert.equal(await own.choose('audio', device('mic-2')), false);
  assert.equal(own.audio.label, 'mic-1');
  await own.turnCamera(true);
  assert.equal(await own.choose('video', device('cam-2')), true);
  assert.equal(own.video, undefined);
  await own.turnCamera(false);
  assert.equal(own.video.label, 'cam-2');
});

test('one that is pulled out is replaced, and that is said; the last one is missing', async () => {
  const { source, own } = await opened();
  source.there.audio = ['mic-2'];
  own.audio.onended();
  await settled(own);
  assert.equal(own.audio.label, 'mic-2');
  assert.deepEqual(own.instead, { kind: 'audio', was: 'mic-1', now: 'mic-2' });
  source.there.audio = [];
  own.audio.onended();
  await settled(own);
  assert.deepEqual(own.failures, { audio: 'absent' });
  source.there.audio = ['mic-3'];
  await own.devicesChanged();
  assert.equal(own.audio.label, 'mic-3');
});

test('the chosen one that is not there is said when the devices open', async () => {
  const kept = storage();
  new DeviceChoice(kept).keep('videoinput', device('cam-9'));
  const { own } = await opened({ choice: new DeviceChoice(kept) });
  assert.deepEqual(own.instead, { kind: 'video', was: 'cam-9', now: 'cam-1' });
});

test('a shared screen goes before the camera, and the camera is back as it was', async () => {
  const { source, own } = await opened();
  assert.equal(canShare(source), true);
  assert.equal(canShare({}), false);
  assert.equal(await own.share(), 'shared');
  assert.deepEqual([own.picture.label, own.video.label, own.state.screen], ['screen', 'cam-1', true]);
  own.screen.onended(); // the browser's own "stop sharing"
  assert.deepEqual([own.picture.label, own.state.screen], ['cam-1', false]);
  await own.turnCamera(true);
  await own.share();
  assert.equal(own.state.video, true);
  own.unshare();
  assert.equal(own.state.video, false);
  source.getDisplayMedia = () => Promise.reject(Object.assign(new Error(), { name: 'NotAllowedError' }));
  assert.equal(await own.share(), 'cancelled');
  source.getDisplayMedia = () => Promise.reject(Object.assign(new Error(), { name: 'NotReadableError' }));
  assert.equal(await own.share(), 'failed');
});

test('sound only sends no picture at all, and is told', async () => {
  const { source, own } = await opened();
  await own.share();
  await own.turnSoundOnly(true);
  assert.deepEqual(own.state, { audio: true, video: false, screen: false, sound_only: true });
  assert.deepEqual(source.open, ['mic-1']);
  await own.turnSoundOnly(false);
  assert.equal(own.video.label, 'cam-1');
  await own.turnSoundOnly(true);
  await own.turnCamera(false);
  assert.equal(own.soundOnly, false);
});

test('what is being opened when all is closed is let go of', async () => {
  const { source, own } = await opened();
  own.close();
  const opening = own.open();
  own.close();
  await opening;
  assert.deepEqual(source.open, []);
});

test('what failed is tried once more; what works goes on', async () => {
  const source = machine();
  source.busy.add('cam-1').add('cam-2');
  const own = new OwnMedia({ source, onchange: () => {} });
  await own.open();
  assert.deepEqual(own.failures, { video: 'busy' });
  source.busy.clear();
  await own.again();
  assert.deepEqual([own.audio.label, own.video.label, own.failures], ['mic-1', 'cam-1', {}]);
});

test('pictures that are not wanted are not asked for, and one goes on sending', () => {
  assert.deepEqual(['sendrecv', 'recvonly', 'sendonly', 'inactive'].map((way) => directed(way, false)), ['sendonly', 'inactive', 'sendonly', 'inactive']);
  assert.deepEqual(['sendonly', 'inactive', 'sendrecv'].map((way) => directed(way, true)), ['sendrecv', 'recvonly', 'sendrecv']);
});
