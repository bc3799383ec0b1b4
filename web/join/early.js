// Too early: when it opens, on both clocks, and it opens by itself (A6).

import { follow } from '../lib/follow.js';
import { countdown } from '../ui/countdown.js';
import { h } from '../ui/dom.js';
import { instantLines } from '../ui/instant-lines.js';
import { entitle, t } from '../ui/page.js';
import { phoneLine } from '../ui/refusal.js';

/** Milliseconds. Spreads those who wait for the same minute, and covers what the two clocks round. */
const SPREAD = 800;

/**
 * @param {import('../lib/visit.js').Visit} visit
 * @param {import('../lib/api.js').Api} api
 * @param {() => void} join when it opens, or the visit was moved or cancelled meanwhile
 * @param {...HTMLElement} more
 */
export function earlyView({ state, clock }, api, join, ...more) {
  const opensAt = /** @type {string} */ (state.refusal?.['opens_at']);
  const startsAt = state.startsAt ?? opensAt;
  entitle(t('early.title'));
  const timer = countdown(clock, Date.parse(opensAt) + SPREAD * (0.25 + 0.75 * Math.random()), join);
  const element = h('section', { class: 'column' },
    h('h1', {}, t('early.heading')),
    h('div', { class: 'card' }, h('p', { class: 'quiet' }, t('early.in')), timer.element),
    h('p', {}, t('early.itself')),
    h('dl', { class: 'facts' },
      h('dt', {}, t('early.visit')), ...instantLines(startsAt, state.timeZone),
      h('dt', {}, t('early.opens')), ...instantLines(opensAt, state.timeZone)),
    phoneLine(state.phone),
    ...more);
  const stopFollowing = follow(api, join);
  const close = () => {
    timer.stop();
    stopFollowing();
  };
  return { element, close };
}
