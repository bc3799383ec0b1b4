// How long until an instant, by the server's clock; exact again at once after the machine slept (A6).

import { left } from '../lib/time.js';
import { h, say } from './dom.js';
import { t } from './page.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/server-clock.js').ServerClock} ServerClock */

/**
 * @param {ServerClock} clock
 * @param {number} until milliseconds since 1970
 * @param {() => void} onzero called once
 * @param {{ zero?: Text, onlook?: (rest: number) => void }} [how] `zero`: what is shown then; `onlook`: milliseconds left, at every look
 */
export function countdown(clock, until, onzero, { zero = t('early.opening'), onlook } = {}) {
  // A timer is not read out each second; its words are there for whoever asks.
  const element = h('p', { class: 'countdown', role: 'timer', 'aria-live': 'off' });
  const timer = setInterval(look, 1_000);
  document.addEventListener('visibilitychange', look);

  function look() {
    const rest = until - clock.now();
    say(element, rest > 0 ? shown(rest) : zero);
    onlook?.(rest);
    if (rest > 0) return;
    stop();
    onzero();
  }

  function stop() {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  }

  say(element, shown(Math.max(0, until - clock.now())));
  return { element, stop };
}

/** @param {number} rest milliseconds */
function shown(rest) {
  const parts = left(rest);
  if (parts.days > 0) return t('early.days', parts);
  return parts.hours > 0 ? t('early.hours', parts) : t('early.minutes', parts);
}
