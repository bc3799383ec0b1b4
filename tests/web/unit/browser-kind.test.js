// Browsers by the user agents they send, and what each is advised (E5).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADVICE, adviceOf, leaveApp } from '../../../web/lib/advice.js';
import { browserKind } from '../../../web/lib/browser-kind.js';
import { CATALOGUES } from '../../../web/lib/i18n.js';
import { failureOf, openDevices } from '../../../web/lib/media.js';
import { OwnMedia } from '../../../web/lib/own-media.js';

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ANDROID = 'Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A.240505.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/125.0.6422.113 Mobile Safari/537.36';
const PHONE = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';

/** @type {[string, [string, string, string | null], number?][]} */
const AGENTS = [
  [`${WINDOWS} Chrome/125.0.0.0 Safari/537.36`, ['chrome', 'windows', null]],
  [`${WINDOWS} Chrome/125.0.0.0 Safari/537.36 Edg/125.0.0.0`, ['edge', 'windows', null]],
  [`${WINDOWS} Chrome/125.0.0.0 Safari/537.36 OPR/111.0.0.0`, ['opera', 'windows', null]],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0', ['firefox', 'windows', null]],
  [`${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15`, ['safari', 'mac', null]],
  [`${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15`, ['safari', 'ios', null], 5],
  [`${MAC} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36`, ['chrome', 'mac', null]],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0', ['firefox', 'other', null]],
  [`${PHONE} Chrome/125.0.0.0 Mobile Safari/537.36`, ['chrome', 'android', null]],
  [`${PHONE} Chrome/125.0.0.0 Mobile Safari/537.36 EdgA/124.0.2478.104`, ['edge', 'android', null]],
  [`${PHONE} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`, ['samsung', 'android', null]],
  ['Mozilla/5.0 (Android 14; Mobile; rv:126.0) Gecko/126.0 Firefox/126.0', ['firefox', 'android', null]],
  [`${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`, ['safari', 'ios', null]],
  [`${IPHONE} CriOS/125.0.6422.80 Mobile/15E148 Safari/604.1`, ['chrome', 'ios', null]],
  [`${IPHONE} FxiOS/126.0 Mobile/15E148 Safari/605.1.15`, ['firefox', 'ios', null]],
  [`${IPHONE} Version/17.0 EdgiOS/124.0.2478.104 Mobile/15E148 Safari/605.1.15`, ['edge', 'ios', null]],
  [`${ANDROID} [FB_IAB/FB4A;FBAV/466.0.0.31.107;]`, ['chrome', 'android', 'Facebook']],
  [`${ANDROID} [FB_IAB/Orca-Android;FBAV/460.0.0.37.109;]`, ['chrome', 'android', 'Messenger']],
  [`${ANDROID} Instagram 333.0.0.42.91 Android (34/14; 420dpi; 1080x2400; Google/google; Pixel 8; shiba; shiba; en_US; 604247854)`, ['chrome', 'android', 'Instagram']],
  [`${ANDROID} WhatsApp/2.24.11.79`, ['chrome', 'android', 'WhatsApp']],
  [`${ANDROID} trill_340403 BytedanceWebview/d8a21c6`, ['chrome', 'android', 'TikTok']],
  [`${ANDROID} Line/14.8.0/IAB`, ['chrome', 'android', 'Line']],
  [`${ANDROID} MicroMessenger/8.0.49.2600(0x28003137) WeChat/arm64 NetType/WIFI Language/en`, ['chrome', 'android', 'WeChat']],
  [`${ANDROID} Snapchat/12.88.0.43 (Pixel 8; Android 14#11735641#34; gzip; )`, ['chrome', 'android', 'Snapchat']],
  [`${ANDROID} LinkedInApp`, ['chrome', 'android', 'LinkedIn']],
  [`${ANDROID} GSA/15.20.36.28.arm64`, ['chrome', 'android', 'Google']],
  [ANDROID, ['chrome', 'android', '']],
  [`${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/466.0.0.39.109;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/17.5;FBSS/3]`, ['other', 'ios', 'Facebook']],
  [`${IPHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/460.0.0.36.105;FBDV/iPhone15,2]`, ['other', 'ios', 'Messenger']],
  [`${IPHONE} Mobile/15E148 Instagram 333.1.0.34.111 (iPhone15,2; iOS 17_5; en_US; en; scale=3.00; 1179x2556; 604596211)`, ['other', 'ios', 'Instagram']],
  [`${IPHONE} Mobile/15E148 [LinkedInApp]/9.29.5962`, ['other', 'ios', 'LinkedIn']],
  [`${IPHONE} GSA/318.0.634488990 Mobile/15E148 Safari/604.1`, ['other', 'ios', 'Google']],
  [`${IPHONE} Mobile/15E148 Safari Line/14.8.0`, ['other', 'ios', 'Line']],
  [`${IPHONE} Mobile/15E148`, ['other', 'ios', '']],
  ['', ['other', 'other', null]],
];

test('browsers, systems and the apps they are in, by real user agents', () => {
  for (const [agent, [browser, system, app], touch] of AGENTS) {
    assert.deepEqual(browserKind(agent, touch), { browser, system, app }, agent);
  }
});

const FAILURES = /** @type {const} */ (['denied', 'dismissed', 'system', 'absent', 'busy', 'insecure', 'unsupported']);

test('each failure in each browser has its advice, in every language, and no advice is never given', () => {
  const given = new Set();
  for (const failure of FAILURES) {
    for (const [agent, , touch] of AGENTS) given.add(adviceOf(failure, browserKind(agent, touch)));
    given.add(adviceOf(failure, { browser: 'other', system: 'windows', app: '' }));
    for (const kind of ['audio', 'video']) assert.ok(`device.${kind}.${failure}` in CATALOGUES.en);
  }
  assert.deepEqual([...given].sort(), [...ADVICE].sort());
  const told = Object.keys(CATALOGUES.en).filter((key) => key.startsWith('advice.'));
  assert.deepEqual(told.sort(), ADVICE.map((advice) => `advice.${advice}`).sort());
});

test('nothing is switched on in an app: it is left', () => {
  const inFacebook = browserKind(`${ANDROID} [FB_IAB/FB4A;FBAV/466.0.0.31.107;]`);
  assert.equal(adviceOf('denied', inFacebook), 'appAndroid');
  assert.equal(adviceOf('busy', inFacebook), 'busyPhone');
  assert.equal(leaveApp(browserKind(`${IPHONE} Mobile/15E148`)), 'appIos');
});

test('each way to be refused has its own name', () => {
  const refused = (/** @type {string} */ name, message = '') => failureOf(new DOMException(message, name));
  assert.equal(refused('NotAllowedError', 'Permission denied'), 'denied');
  assert.equal(refused('NotAllowedError', 'Permission denied by system'), 'system');
  assert.equal(refused('NotAllowedError', 'Permission dismissed'), 'dismissed');
  assert.equal(refused('NotFoundError', 'Requested device not found'), 'absent');
  assert.equal(refused('NotReadableError', 'Could not start video source'), 'busy');
  assert.equal(failureOf(undefined), 'busy');
});

test('outside https there are no devices, and that is said', async () => {
  assert.deepEqual((await openDevices(undefined)).failures, { audio: 'unsupported', video: 'unsupported' });
  Object.defineProperty(globalThis, 'isSecureContext', { value: false, configurable: true });
  assert.deepEqual((await openDevices(undefined)).failures, { audio: 'insecure', video: 'insecure' });
  delete (/** @type {any} */ (globalThis)).isSecureContext;
});

test('trying again opens what failed and leaves alone what works', async () => {
  let cameraIsBusy = true;
  let opened = 0;
  const track = (/** @type {string} */ kind) => ({ kind, stop() {} });
  const source = { getUserMedia(/** @type {any} */ wanted) {
    if (wanted.video && cameraIsBusy) return Promise.reject(new DOMException('', 'NotReadableError'));
    opened += 1;
    return Promise.resolve({ getAudioTracks: () => (wanted.audio ? [track('audio')] : []), getVideoTracks: () => (wanted.video ? [track('video')] : []) });
  } };
  const own = new OwnMedia({ source: /** @type {any} */ (source), onchange: () => {} });
  await own.again();
  assert.deepEqual(own.failures, { video: 'busy' });
  const voice = own.audio;
  await own.again();
  assert.deepEqual(own.failures, { video: 'busy' });
  cameraIsBusy = false;
  await own.again();
  assert.deepEqual(own.failures, {});
  assert.ok(own.video !== undefined && own.audio === voice);
  assert.equal(opened, 2);
});
