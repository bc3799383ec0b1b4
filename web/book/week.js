// A week's free times, day by day; earlier and later; and from an empty week to the next free time.

import { freeSlots } from '../lib/calls/appointments.js';
import { WEEKS, byDay, oneEach, searches, weekOf, weekWith } from '../lib/slots.js';
import { dateIn, dayAfter, datesText } from '../lib/time.js';
import { words } from '../lib/i18n.js';
import { h, say } from '../ui/dom.js';
import { locale, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { counted } from '../ui/words.js';
import { daysList } from './days.js';
import { refusedText } from './refused.js';
import { clinicWhen } from './when.js';

/** @typedef {import('../lib/shown.js').Slot} Slot */
/** @typedef {import('../lib/slots.js').Range} Range */

/** @param {import('./open.js').Desk} desk @param {(slot: Slot) => void} take */
export function weekView(desk, take) {
  const { api, whose, choice, clock, offer } = desk;
  const zone = offer.clinic.time_zone;
  const heading = h('h2', { tabindex: '-1' });
  const status = h('div', { class: 'status', role: 'status' });
  const days = h('div', {});
  const above = around(t('book.weeks'), (week, button) => void go(week, button));
  const below = around(t('book.weeksBelow'), (week) => void go(week, heading));
  /** Of two loads under way only the later one counts. */
  let turn = 0;

  const today = () => dateIn(clock.now(), zone);
  /** @param {Range} range */
  const ask = ({ from, to }) => freeSlots(api, { ...whose, type: choice.type, practitioner: choice.practitioner, from, to });

  /** @param {number} week @param {HTMLElement} focus where the keyboard goes on */
  async function go(week, focus) {
    choice.week = week;
    const loading = load();
    const gone = focus instanceof HTMLButtonElement && focus.disabled;
    (gone ? heading : focus).focus();
    await loading;
  }

  async function load() {
    const mine = (turn += 1);
    const { from, to } = weekOf(today(), choice.week);
    say(heading, words(datesText(from, dayAfter(to, -1), locale)));
    for (const part of [above, below]) part.update(choice.week);
    status.replaceChildren(h('p', { class: 'quiet' }, t('book.opening')));
    try {
      const slots = await ask({ from, to });
      if (mine === turn) fill(slots);
      if (mine === turn && slots.length === 0) await search(mine);
    } catch (error) {
      if (mine === turn) trouble(problemOf(error));
    }
  }

  /** @param {Slot[]} slots */
  function fill(slots) {
    const times = choice.practitioner === '' ? oneEach(slots) : slots;
    days.replaceChildren(...daysList(byDay(times, zone), today(), zone, take));
    below.element.hidden = times.length === 0;
    status.replaceChildren(h('p', { class: 'quiet' }, times.length === 0 ? t('book.none') : counted(times.length, 'book.oneFree', 'book.manyFree')));
  }

  /** @param {number} mine */
  async function search(mine) {
    for (const range of searches(today(), choice.week)) {
      const [first] = await ask(range);
      if (mine !== turn) return;
      if (first !== undefined) {
        const week = weekWith(today(), dateIn(first.starts_at, zone));
        const next = h('button', { type: 'button', class: 'primary', id: 'next', onclick: () => void go(week, heading) }, t('book.next', { when: clinicWhen(first.starts_at, zone) }));
        status.append(next);
        return;
      }
    }
    status.replaceChildren(h('p', { class: 'notice' }, choice.week === 0 ? t('book.noneAtAll') : t('book.none')));
  }

  /** @param {import('../lib/api.js').ApiProblem} problem */
  function trouble(problem) {
    days.replaceChildren();
    below.element.hidden = true;
    status.replaceChildren(h('p', { class: 'notice warn' }, refusedText(problem)),
      h('button', { type: 'button', class: 'secondary', id: 'again', onclick: () => void load() }, t('common.again')));
  }

  const element = h('div', { class: 'week' }, h('div', { class: 'week-head' }, heading, above.element), status, days, below.element);
  return { element, load, close: () => { turn += 1; } };
}

/** @param {import('../lib/i18n.js').Text} label @param {(week: number, button: HTMLElement) => void} go */
function around(label, go) {
  let week = 0;
  const earlier = h('button', { type: 'button', class: 'secondary', onclick: () => go(week - 1, earlier) }, t('book.earlier'));
  const later = h('button', { type: 'button', class: 'secondary', onclick: () => go(week + 1, later) }, t('book.later'));
  const element = h('nav', { class: 'buttons', 'aria-label': label }, earlier, later);

  /** @param {number} now */
  function update(now) {
    week = now;
    earlier.disabled = week === 0;
    later.disabled = week === WEEKS - 1;
  }

  return { element, update };
}
