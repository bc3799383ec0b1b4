// How long a time is still kept; keeping it longer, once; giving it back (C2).

import { releaseHold, extendHold } from '../lib/calls/booking.js';
import { toTell } from '../lib/time-left.js';
import { oneAtATime } from '../ui/act.js';
import { countdown } from '../ui/countdown.js';
import { h, say } from '../ui/dom.js';
import { announce, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { clock, counted } from '../ui/words.js';
import { refusedText } from './refused.js';
import { watchHold } from './watch.js';

/** @typedef {import('../lib/calls/booking.js').Hold} Hold */

/** @param {import('./open.js').Desk} desk @param {import('../lib/calls/booking.js').HoldKey} key @param {Hold} held @param {import('./open.js').Steps} steps */
export function keptTime(desk, key, held, steps) {
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const place = h('div', {});
  const news = h('p', { class: 'quiet', tabindex: '-1' });
  const longer = h('button', { type: 'button', class: 'secondary', id: 'longer', onclick: () => void tried(extend) }, t('book.longer'));
  const back = h('button', { type: 'button', class: 'secondary', id: 'back', onclick: () => void tried(letGo) }, t('book.back'));
  const tried = oneAtATime(trouble, (error) => refused(problemOf(error)));
  const watch = watchHold(desk, key, held, steps, onheld);
  let timer = counting(held);

  /** @param {Hold} hold */
  function counting(hold) {
    const until = Date.parse(hold.expires_at);
    let before = until - desk.clock.now();
    /** @param {number} rest */
    const onlook = (rest) => {
      const minutes = toTell(before, rest);
      before = rest;
      if (minutes !== null) announce(counted(minutes, 'book.leftOne', 'book.leftMany'));
    };
    const begun = countdown(desk.clock, until, watch.look, { zero: t('book.checking'), onlook });
    place.replaceChildren(begun.element);
    longer.hidden = hold.extended;
    return begun;
  }

  /** @param {Hold} hold */
  function onheld(hold) {
    timer.stop();
    timer = counting(hold);
  }

  async function extend() {
    const hold = await extendHold(desk.api, key);
    watch.hear(hold);
    say(news, t('book.longerDone', { time: clock(hold.expires_at) }));
    news.focus(); // the button is gone
  }

  async function letGo() {
    await releaseHold(desk.api, key);
    desk.store.forget();
    steps.choose();
  }

  /** @param {import('../lib/api.js').ApiProblem} problem */
  function refused(problem) {
    if (problem.code === 'hold_expired') watch.expired(problem);
    else if (['already_extended', 'state_conflict', 'hold_not_found'].includes(problem.code)) watch.look();
    else say(trouble, refusedText(problem));
  }

  const element = h('div', { class: 'card kept' },
    h('p', { class: 'quiet' }, t('book.left')), place, news, h('div', { class: 'buttons' }, longer, back), trouble);
  const close = () => {
    timer.stop();
    watch.close();
  };
  return { element, refused, close };
}
