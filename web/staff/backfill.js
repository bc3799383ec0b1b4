// What goes on by itself after a setting was put right, while it goes on (B4).

import { links } from '../lib/calls/staff.js';
import { BackfillWatch } from '../lib/backfill-watch.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { counted } from '../ui/words.js';

/** @typedef {import('../lib/shown.js').Backfill} Backfill */

/** Milliseconds between looks while a run goes on. */
const EVERY = 700;
/** Looks after a setting was put right in which its run must have begun; it begins in the same commit. */
const PATIENCE = 3;

/** @param {import('../lib/api.js').Api} api @param {() => void} ondone the lists are different now */
export function backfillCard(api, ondone) {
  const watch = new BackfillWatch();
  const words = h('p', { role: 'status' });
  const bar = h('progress', { 'aria-label': t('backfill.label') });
  const figures = h('p', { class: 'quiet' });
  const close = h('button', { type: 'button', class: 'secondary', hidden: true, onclick: () => { element.hidden = true; } }, t('backfill.close'));
  const element = h('section', { class: 'card backfill', hidden: true }, words, bar, figures, close);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let left = 0;

  /** @param {Backfill | null} healing */
  function hear(healing) {
    const news = watch.hear(healing);
    if (healing === null || news === 'none') return;
    element.hidden = false;
    if (news === 'running') running(healing);
    else done(healing);
  }

  /** @param {Backfill} healing */
  function running({ cause, seen, healed, total }) {
    say(words, t(`backfill.running.${cause}`));
    say(figures, t('backfill.progress', { seen, total, healed }));
    bar.max = Math.max(total, 1);
    bar.value = seen;
    bar.hidden = figures.hidden = false;
    close.hidden = true;
    left = PATIENCE;
    again();
  }

  /** @param {Backfill} healing */
  function done({ healed }) {
    bar.hidden = figures.hidden = true;
    close.hidden = false;
    say(words, healed === 0 ? t('backfill.nothing') : counted(healed, 'backfill.done.one', 'backfill.done.other'));
    ondone();
  }

  function again() {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), EVERY);
  }

  async function look() {
    left -= 1;
    try {
      hear((await links(api, { usable: false, limit: 1 })).healing);
    } catch (error) {
      problemOf(error); // the next look may get through
    }
    if (watch.running || (watch.expected && left > 0)) again();
    else watch.expected = false;
  }

  /** A setting was put right just now. */
  function expect() {
    watch.expected = true;
    left = PATIENCE;
    void look();
  }

  return { element, hear, expect };
}
