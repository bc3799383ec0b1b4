// How good a connection is called, and what is sent over it (E3).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countersOf, sampleOf } from '../../../web/lib/call-stats.js';
import { CallWatch } from '../../../web/lib/call-watch.js';
import { limitPicture, preferSound } from '../../../web/lib/encoding.js';
import { BEST, LOWEST, UNKNOWN, adapted, bestOf, gradeOf, limitsFor, settled } from '../../../web/lib/quality.js';

test('three words for what was measured; what was not measured is no fault', () => {
  assert.equal(gradeOf({ at: 0 }), 'good');
  assert.equal(gradeOf({ at: 0, lossIn: 0.01, rtt: 0.05, jitter: 0.01 }), 'good');
  for (const weak of [{ lossIn: 0.05 }, { lossOut: 0.05 }, { rtt: 0.5 }, { jitter: 0.1 }, { frozen: 0.3 }]) assert.equal(gradeOf({ at: 0, ...weak }), 'weak');
  for (const poor of [{ lossOut: 0.2 }, { rtt: 0.9 }, { frozen: 0.7 }]) assert.equal(gradeOf({ at: 0, ...poor }), 'poor');
});

test('one side is as good as its best connection', () => {
  assert.equal(bestOf([]), undefined);
  assert.equal(bestOf(['poor', 'weak']), 'weak');
  assert.equal(bestOf(['poor', 'good']), 'good');
});

test('a word changes only for long: worse sooner than better', () => {
  let word = settled(UNKNOWN, 'good', 0);
  assert.equal(word.shown, 'good');
  word = settled(word, 'weak', 2_000);
  assert.equal(settled(word, 'good', 4_000).shown, 'good');
  word = settled(word, 'poor', 6_000); // to and fro between the bad ones is one time of being bad
  word = settled(word, 'weak', 8_000);
  assert.equal(word.shown, 'weak');
  word = settled(word, 'good', 10_000);
  assert.equal(settled(word, 'good', 18_000).shown, 'weak');
  assert.equal(settled(word, 'good', 20_000).shown, 'good');
});

/** Looks every two seconds. @param {object} sample @param {number} from @param {number} until @param {import('../../../web/lib/quality.js').Sending} before */
function over(sample, from, until, before) {
  let now = before;
  for (let at = from; at <= until; at += 2_000) now = adapted(now, { at, ...sample }, 1_200_000);
  return now;
}

test('less is sent on a bad way out, step by step, and more again slowly', () => {
  const bad = { lossOut: 0.2, rtt: 0.1 };
  const good = { lossOut: 0, rtt: 0.05, available: 3_000_000 };
  assert.equal(over(bad, 0, 2_000, BEST).level, 0);
  assert.equal(over(bad, 0, 4_000, BEST).level, 1);
  const lowest = over(bad, 0, 60_000, BEST);
  assert.equal(lowest.level, LOWEST);
  assert.equal(over(good, 62_000, 80_000, lowest).level, LOWEST);
  const raised = over(good, 62_000, 82_000, lowest);
  assert.equal(raised.level, LOWEST - 1);
  const relapsed = over(bad, 84_000, 88_000, raised);
  assert.equal(relapsed.level, LOWEST);
  assert.equal(over(good, 90_000, 126_000, relapsed).level, LOWEST, 'after a relapse the next step up takes twice as long');
  assert.equal(over(good, 90_000, 130_000, relapsed).level, LOWEST - 1);
  assert.equal(over({ available: 100_000 }, 0, 4_000, BEST).level, 1, 'a way that carries less than half is a bad one');
  assert.equal(over({ lossOut: 0.04 }, 0, 90_000, raised).level, raised.level, 'neither good nor bad: as it is');
});

test('more people, less for each; a screen stays readable', () => {
  const [two, three, four] = [2, 3, 4].map((people) => limitsFor({ people, level: 0, screen: false }).maxBitrate);
  assert.ok(two > three && three > four);
  assert.equal(limitsFor({ people: 1, level: 0, screen: false }).maxBitrate, two);
  const last = limitsFor({ people: 4, level: LOWEST, screen: false });
  assert.ok(last.maxBitrate < four && last.maxFramerate < 10 && last.scaleResolutionDownBy >= 2);
  const screen = limitsFor({ people: 4, level: LOWEST, screen: true });
  assert.equal(screen.scaleResolutionDownBy, 1);
  assert.ok(screen.maxBitrate > last.maxBitrate);
});

test('what the statistics say, of a browser with all of them and of one with few', () => {
  const report = (type, members) => ({ type, timestamp: 5_000, ...members });
  const all = countersOf([
    report('inbound-rtp', { kind: 'audio', packetsReceived: 100, packetsLost: 2, jitter: 0.03 }),
    report('inbound-rtp', { kind: 'video', packetsReceived: 300, packetsLost: 6, totalFreezesDuration: 1 }),
    report('remote-inbound-rtp', { fractionLost: 0.1, roundTripTime: 0.2 }),
    report('remote-inbound-rtp', { fractionLost: 0.02 }),
    report('transport', { selectedCandidatePairId: 'b' }),
    report('candidate-pair', { id: 'a', availableOutgoingBitrate: 1 }),
    report('candidate-pair', { id: 'b', availableOutgoingBitrate: 900_000, currentRoundTripTime: 0.1 }),
  ]);
  assert.deepEqual(all, { at: 5_000, received: 400, lost: 8, frozen: 1, jitter: 0.03, lossOut: 0.1, rtt: 0.2, available: 900_000 });
  const few = countersOf([report('candidate-pair', { selected: true, currentRoundTripTime: 0.3 })]);
  assert.equal(few.rtt, 0.3);
  assert.equal(few.lossOut, undefined);
  const sample = sampleOf(all, { ...all, at: 7_000, received: 580, lost: 28, frozen: 2 });
  assert.deepEqual([sample.lossIn, sample.frozen], [0.1, 0.5]);
  assert.equal(sampleOf(all, { ...all, at: 7_000, received: 410 }).lossIn, undefined, 'of ten packets a share means nothing');
  assert.equal(sampleOf(all, { ...all, at: 7_000, received: 500, lost: 3 }).lossIn, 0, 'duplicates are no loss');
});

/** A sender that has been negotiated. @param {object[]} encodings */
function sender(encodings = [{}]) {
  return { parameters: { encodings }, told: [], getParameters() { return structuredClone(this.parameters); }, setParameters(given) { return Promise.resolve(void this.told.push(given)); } };
}

test('a sender is told its limits; one that cannot be told stops nothing', async () => {
  const picture = sender();
  assert.equal(await limitPicture(picture, { maxBitrate: 5, maxFramerate: 8, scaleResolutionDownBy: 2 }, true), true);
  assert.equal(picture.told[0].degradationPreference, 'maintain-resolution');
  assert.deepEqual(picture.told[0].encodings[0], { maxBitrate: 5, maxFramerate: 8, scaleResolutionDownBy: 2, priority: 'low', networkPriority: 'low' });
  assert.equal(await preferSound(sender([])), false);
  assert.equal(await preferSound({ getParameters: () => { throw new Error('closed'); } }), false);
});

test('every connection is looked at, its word told once, its sender told only news', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let [packets, lost, at] = [0, 0, 0];
  const audio = sender();
  const video = sender();
  const pc = {
    connectionState: 'connected',
    getStats() {
      packets += 100;
      at += 2_000;
      return Promise.resolve(new Map([['i', { type: 'inbound-rtp', kind: 'audio', timestamp: at, packetsReceived: packets, packetsLost: lost }]]));
    },
  };
  const lines = new Map([['s', { pc, senders: { audio, video } }]]);
  let changes = 0;
  const watch = new CallWatch({ lines: () => lines, screen: () => false, onchange: () => { changes += 1; } });
  watch.start();
  await watch.look();
  changes = 0;
  await watch.look();
  await watch.look();
  assert.equal(watch.own, 'good');
  assert.deepEqual([changes, audio.told.length, video.told.length], [1, 1, 1]);
  for (let look = 0; look < 4; look += 1) {
    lost += 30;
    await watch.look();
  }
  assert.equal(watch.grades.get('s'), 'poor');
  pc.connectionState = 'disconnected';
  await watch.look();
  assert.equal(watch.own, undefined);
  lines.clear();
  await watch.look();
  watch.stop();
  assert.equal(watch.grades.size, 0);
});
