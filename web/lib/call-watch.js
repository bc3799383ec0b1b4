// Looks at every connection of a call every two seconds: how good it is, and what is sent over it (E3).

import { countersOf, sampleOf } from './call-stats.js';
import { limitPicture, preferSound } from './encoding.js';
import { BEST, UNKNOWN, adapted, bestOf, gradeOf, limitsFor, settled } from './quality.js';

/** @typedef {import('./quality.js').Grade} Grade */
/** @typedef {{ pc: Pick<RTCPeerConnection, 'connectionState' | 'getStats'>, senders: Partial<Record<'audio' | 'video', RTCRtpSender>> }} Line */
/** @typedef {{ line: Line, counters: import('./call-stats.js').Counters | undefined, shown: import('./quality.js').Shown, sending: import('./quality.js').Sending }} Seen */

/**
 * @typedef {object} Options
 * @property {() => Map<string, Line>} lines the connections there are, by sid
 * @property {() => boolean} screen whether a screen is sent
 * @property {() => void} onchange a word has changed
 */

/** Milliseconds. Receivers report about as often; looking costs a phone next to nothing. */
const EVERY = 2_000;

export class CallWatch {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {Map<string, Seen>} */
    this.seen = new Map();
    /** What each sender was told last, so that it is told only news. @type {WeakMap<RTCRtpSender, string>} */
    this.told = new WeakMap();
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
  }

  /** The word for each of the others, once there is one. @returns {Map<string, Grade | undefined>} */
  get grades() {
    return new Map([...this.seen].map(([sid, { shown }]) => [sid, shown.shown]));
  }

  /** The word for this side. */
  get own() {
    return bestOf([...this.grades.values()].filter((grade) => grade !== undefined));
  }

  start() {
    this.timer ??= setInterval(() => void this.look(), EVERY);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.seen.clear();
  }

  /** One look at all of them. */
  async look() {
    const lines = this.options.lines();
    const before = JSON.stringify([...this.grades]);
    for (const sid of [...this.seen.keys()]) if (!lines.has(sid)) this.seen.delete(sid);
    await Promise.all([...lines].map(([sid, line]) => this.#lookAt(sid, line, lines.size + 1)));
    if (JSON.stringify([...this.grades]) !== before) this.options.onchange();
  }

  /** @param {string} sid @param {Line} line @param {number} people */
  async #lookAt(sid, line, people) {
    if (line.pc.connectionState !== 'connected') {
      this.seen.delete(sid); // the page says that it connects; what was measured before says nothing of what comes
      return;
    }
    const counters = countersOf(/** @type {any} */ (await line.pc.getStats()).values());
    if (this.timer === undefined || this.options.lines().get(sid) !== line) return; // it is over meanwhile
    const last = this.seen.get(sid);
    const seen = last?.line === line ? last : { line, counters: undefined, shown: UNKNOWN, sending: BEST };
    const now = { ...seen, counters, ...(seen.counters && this.#judge(seen, sampleOf(seen.counters, counters), people)) };
    this.seen.set(sid, now);
    await this.#limit(line, { people, level: now.sending.level, screen: this.options.screen() });
  }

  /** @param {Seen} seen @param {import('./quality.js').Sample} sample @param {number} people */
  #judge({ shown, sending }, sample, people) {
    const { maxBitrate } = limitsFor({ people, level: sending.level, screen: this.options.screen() });
    return { shown: settled(shown, gradeOf(sample), sample.at), sending: adapted(sending, sample, maxBitrate) };
  }

  /** @param {Line} line @param {Parameters<typeof limitsFor>[0]} what */
  async #limit({ senders: { audio, video } }, what) {
    if (audio !== undefined) await this.#tell(audio, 'first', () => preferSound(audio));
    if (video !== undefined) await this.#tell(video, JSON.stringify(what), () => limitPicture(video, limitsFor(what), what.screen));
  }

  /** @param {RTCRtpSender} sender @param {string} what @param {() => Promise<boolean>} tell */
  async #tell(sender, what, tell) {
    if (this.told.get(sender) === what) return;
    if (await tell()) this.told.set(sender, what);
  }
}
