// How good a connection is, in three words, and what is sent over it (E3). Pure: every decision takes a measurement and a time.

/**
 * What was measured since the last look. A browser that does not measure something leaves it undefined.
 * @typedef {object} Sample
 * @property {number} at milliseconds
 * @property {number} [lossIn] of what comes to us, 0 to 1
 * @property {number} [lossOut] of what we send, as the other tells, 0 to 1
 * @property {number} [rtt] seconds there and back
 * @property {number} [jitter] seconds, of the sound that comes
 * @property {number} [frozen] the share of the time in which the other's picture stood still, 0 to 1
 * @property {number} [available] bits a second that the way out is thought to carry
 */

/** @typedef {'good' | 'weak' | 'poor'} Grade */
/** What a sender of pictures may use. @typedef {{ maxBitrate: number, maxFramerate: number, scaleResolutionDownBy: number }} Limits */

/** From here on speech has gaps, or people begin to talk into each other (ITU-T G.114: 400 ms one way is the limit). */
const WEAK = { loss: 0.04, rtt: 0.4, jitter: 0.06, frozen: 0.25 };
const POOR = { loss: 0.12, rtt: 0.8, jitter: 0.2, frozen: 0.6 };

/** Milliseconds. A word changes when it has been another for so long; getting worse is told sooner than getting better. */
const WORSE_AFTER = 6_000;
const BETTER_AFTER = 10_000;

/** Milliseconds of a bad connection before less is sent, and of a good one before more is; twice as long after each relapse. */
const DOWN_AFTER = 4_000;
const UP_AFTER = 20_000;
const UP_AT_MOST = 160_000;
/** Milliseconds. Worse again so soon after a step up: it was the step. */
const RELAPSE = 15_000;

/** Steps down from the best: each leaves about half. @type {readonly { bits: number, frames: number, scale: number }[]} */
const LEVELS = [
  { bits: 1, frames: 24, scale: 1 },
  { bits: 0.5, frames: 20, scale: 1.5 },
  { bits: 0.25, frames: 15, scale: 2 },
  { bits: 0.1, frames: 8, scale: 4 },
];
export const LOWEST = LEVELS.length - 1;

/** Bits a second to each of the others: a phone encodes and sends once for each of them. By people in the call. @type {Readonly<Record<number, number>>} */
const SHARE = { 2: 1_200_000, 3: 700_000, 4: 450_000 };
/** A page has to stay readable; fewer frames cost nobody anything. */
const SCREEN = { least: 250_000, frames: 10 };

/** @param {Sample} sample @returns {Grade} */
export function gradeOf(sample) {
  if (exceeds(sample, POOR)) return 'poor';
  return exceeds(sample, WEAK) ? 'weak' : 'good';
}

/** @param {Sample} sample @param {typeof WEAK} limit */
function exceeds({ lossIn = 0, lossOut = 0, rtt = 0, jitter = 0, frozen = 0 }, limit) {
  const loss = Math.max(lossIn, lossOut);
  return loss >= limit.loss || rtt >= limit.rtt || jitter >= limit.jitter || frozen >= limit.frozen;
}

/** @type {readonly Grade[]} */
const ORDER = ['good', 'weak', 'poor'];

/** The best of them: a connection that all others find weak is weak on this side. @param {readonly Grade[]} grades @returns {Grade | undefined} */
export function bestOf(grades) {
  return ORDER.find((grade) => grades.includes(grade));
}

/** The word shown, and since when another would fit. @typedef {{ shown: Grade | undefined, other: Grade | undefined, since: number }} Shown */

/** @type {Shown} */
export const UNKNOWN = { shown: undefined, other: undefined, since: 0 };

/** One bad moment changes no word. @param {Shown} before @param {Grade} grade @param {number} at @returns {Shown} */
export function settled(before, grade, at) {
  if (grade === before.shown) return { shown: grade, other: undefined, since: at };
  if (before.shown === undefined && grade === 'good') return { shown: grade, other: undefined, since: at };
  const worse = before.shown === undefined || ORDER.indexOf(grade) > ORDER.indexOf(before.shown);
  // Between weak and very weak it goes to and fro: time on one side of the shown word counts as one.
  const same = before.other !== undefined && worse === ORDER.indexOf(before.other) > ORDER.indexOf(before.shown ?? 'good');
  const since = same ? before.since : at;
  if (at - since >= (worse ? WORSE_AFTER : BETTER_AFTER)) return { shown: grade, other: undefined, since: at };
  return { ...before, other: grade, since };
}

/**
 * @typedef {object} Sending
 * @property {number} level 0 the best, up to `LOWEST`
 * @property {'good' | 'bad' | 'fair'} was how the way out was found
 * @property {number} since when it began to be so
 * @property {number} raised when the last step up was
 * @property {number} patience milliseconds of good before the next step up
 */

/** @type {Sending} */
export const BEST = { level: 0, was: 'fair', since: 0, raised: -Infinity, patience: UP_AFTER };

/** What is sent after this measurement: less soon, more slowly. @param {Sending} before @param {Sample} sample @param {number} bits the limit now @returns {Sending} */
export function adapted(before, sample, bits) {
  const { at } = sample;
  const is = wayOut(sample, bits);
  const since = is === before.was ? before.since : at;
  const now = { ...before, was: is, since };
  if (is === 'bad' && at - since >= DOWN_AFTER && now.level < LOWEST) return lowered(now, at);
  if (is === 'good' && at - since >= now.patience && now.level > 0) return { ...now, level: now.level - 1, since: at, raised: at };
  return now;
}

/** @param {Sending} before @param {number} at @returns {Sending} */
function lowered(before, at) {
  const relapse = at - before.raised <= RELAPSE;
  const patience = relapse ? Math.min(UP_AT_MOST, before.patience * 2) : UP_AFTER;
  return { ...before, level: before.level + 1, since: at, patience };
}

/** @param {Sample} sample @param {number} bits @returns {Sending['was']} */
function wayOut({ lossOut = 0, rtt = 0, available = Infinity }, bits) {
  if (lossOut >= 0.06 || rtt >= 0.6 || available < bits * 0.4) return 'bad';
  return lossOut < 0.02 && rtt < 0.35 && available >= bits ? 'good' : 'fair';
}

/** @param {{ people: number, level: number, screen: boolean }} what `people`: in the call, oneself among them @returns {Limits} */
export function limitsFor({ people, level, screen }) {
  const whole = SHARE[Math.max(2, people)] ?? /** @type {number} */ (SHARE[4]);
  const { bits, frames, scale } = LEVELS[level] ?? /** @type {typeof LEVELS[0]} */ (LEVELS[LOWEST]);
  const maxBitrate = Math.round(whole * bits);
  if (screen) return { maxBitrate: Math.max(SCREEN.least, maxBitrate), maxFramerate: SCREEN.frames, scaleResolutionDownBy: 1 };
  // With four, a tile is a quarter of a screen: more lines would only cost.
  const smaller = people >= 4 ? Math.max(scale, 1.5) : scale;
  return { maxBitrate, maxFramerate: people >= 4 ? Math.min(frames, 20) : frames, scaleResolutionDownBy: smaller };
}
