// Links: video appointments to come without a usable link first, then the others; loaded anew while they are looked at (B6).

import { links } from '../lib/calls/staff.js';
import { allPages } from '../lib/pages.js';
import { blocking } from '../lib/row-state.js';
import { h } from '../ui/dom.js';
import { whileLookedAt } from '../ui/looked-at.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { counted } from '../ui/words.js';
import { clashGroup } from './clashes.js';
import { filterForm } from './filter.js';
import { listGroup } from './list-group.js';
import { refusalText } from './refused.js';
import { rowLists } from './row.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').LinkRow} LinkRow */
/** @typedef {import('../lib/shown.js').Backfill} Backfill */
/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {{ rows: LinkRow[], more: boolean }} Found */

/** Milliseconds between looks of a page that stays open all day. */
const EVERY = 15_000;
/** Pages that are looked through for a name before somebody has to ask for more. */
const DEEP = 10;

/**
 * @param {HTMLElement} place
 * @param {Desk} desk
 * @param {{ onbackfill: (healing: Backfill | null) => void, oncount: (unusable: number) => void, onclashes: (clashes: number) => void }} tell
 */
export function linksSection(place, desk, { onbackfill, oncount, onclashes }) {
  const filter = filterForm(desk, () => void begin());
  const status = h('div', { role: 'status' });
  const clashing = clashGroup(desk, onclashes);
  const bad = listGroup(t('desk.unusable'), () => void load());
  const good = listGroup(t('desk.upcoming'), () => void load());
  const lists = rowLists(desk);
  /** Of two loads under way only the later one counts. */
  let turn = 0;
  place.append(h('h1', {}, t('desk.heading')), clashing.element, filter.element, status, bad.element, good.element);
  whileLookedAt(place, () => void load(), EVERY);

  async function begin() {
    bad.restart();
    good.restart();
    await load();
  }

  async function load() {
    const mine = (turn += 1);
    void clashing.load();
    if (good.isEmpty() && bad.isEmpty() && status.childElementCount === 0) say(t('common.loading'), 'quiet');
    try {
      const [without, others] = await Promise.all([found(bad, { usable: false }, isMeant), found(good, {}, isOther)]);
      if (mine === turn) showAll(without, others);
    } catch (error) {
      const problem = problemOf(error);
      if (mine === turn) say(refusalText(problem), 'notice warn');
    }
  }

  /**
   * @param {{ pages: () => number }} group @param {import('../lib/api.js').Query} query @param {(row: LinkRow) => boolean} fits
   * @returns {Promise<Found>}
   */
  async function found(group, query, fits) {
    const wanted = (/** @type {unknown[]} */ rows, /** @type {number} */ pages) =>
      pages < group.pages() || (filter.isNamed() && pages < DEEP && !(/** @type {LinkRow[]} */ (rows).some(fits)));
    const { items, next_cursor: next, healing } = await allPages((cursor) => links(desk.api, { ...filter.query(), ...query, cursor }), wanted);
    onbackfill(healing);
    return { rows: items.filter(fits), more: next !== null };
  }

  /** @param {LinkRow} row */
  function isMeant(row) {
    const { practitioner, from, to } = filter.query();
    const day = desk.times.dateOf(row.appointment.starts_at);
    return filter.fits(row) && (practitioner === '' || row.appointment.practitioner === practitioner) && (from === undefined || to === undefined || (from <= day && day < to));
  }

  /** Those that are in person have no link and want none. @param {LinkRow} row */
  function isOther(row) {
    return filter.fits(row) && !blocking(row.checks).some(({ code }) => code === 'type_not_video');
  }

  /** @param {Found} without @param {Found} others */
  function showAll(without, others) {
    const first = new Set(without.rows.map(({ appointment }) => appointment.id));
    const rest = others.rows.filter(({ appointment }) => !first.has(appointment.id));
    lists.fill([{ list: bad.list, rows: without.rows }, { list: good.list, rows: rest }]);
    bad.update(without.rows.length, without.more);
    good.update(rest.length, others.more);
    oncount(without.rows.length);
    say(summaryOf(without.rows.length, rest.length), without.rows.length === 0 ? 'notice good' : 'unseen');
  }

  /** Said once, not at every look. @param {Text | ''} text @param {string} tone */
  function say(text, tone) {
    if (status.textContent === text && text !== '') return;
    status.replaceChildren(...(text === '' ? [] : [h('p', { class: tone }, text)]));
  }

  /** @param {number} without @param {number} others @returns {Text | ''} */
  function summaryOf(without, others) {
    if (without > 0) return counted(without, 'desk.unusableCount.one', 'desk.unusableCount.other');
    if (others > 0) return filter.isActive() ? '' : t('desk.allGood');
    return filter.isNamed() ? t('desk.noneNamed') : t('desk.none');
  }

  async function open() {
    await Promise.all([filter.load().catch(problemOf), load()]);
  }

  desk.lists.push(() => void load());
  return { open, load };
}
