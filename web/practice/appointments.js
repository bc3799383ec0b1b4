// The practitioner's own appointments: upcoming first, or what was asked for (C5). It follows what is changed elsewhere (C6).

import { appointments } from '../lib/calls/appointments.js';
import { clinicOf } from '../lib/calls/staff.js';
import { isOver } from '../lib/codes.js';
import { allPages } from '../lib/pages.js';
import { h } from '../ui/dom.js';
import { keptLists } from '../ui/kept-lists.js';
import { whileLookedAt } from '../ui/looked-at.js';
import { announce, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { serverClock } from '../ui/server-clock.js';
import { zoneWords } from '../ui/words.js';
import { appointmentRow } from './appointment-row.js';
import { Diary } from './diary.js';
import { listFilter } from './list-filter.js';

/** @typedef {import('../lib/api.js').Api} Api */
/** @typedef {import('../lib/shown.js').Appointment} Appointment */

/** Milliseconds between looks. A change elsewhere is on the page within that; who waits tells it at once. */
const EVERY = 1_500;

/** @param {HTMLElement} place @param {Api} api */
export function appointmentsSection(place, api) {
  /** Known once the clinic was asked for its zone. @type {Diary | null} */
  let diary = null;
  const filter = listFilter(() => /** @type {Diary} */ (diary).times.today(), () => void begin());
  const status = h('div', { role: 'status' });
  const news = h('div', { class: 'news' });
  const list = h('ul', { class: 'rows appointments' });
  const more = h('button', { type: 'button', class: 'secondary', id: 'list-more', hidden: true, onclick: () => void further() }, t('staff.more'));
  const zone = h('p', { class: 'quiet' });
  const lists = keptLists((/** @type {Appointment} */ { id }) => id, (each, isOpen) => appointmentRow(each, /** @type {Diary} */ (diary), isOpen));
  /** Of two loads under way only the later one counts. */
  let turn = 0;
  let pages = 1;
  let underWay = 0;
  /** The link opens nothing any more: it is not asked again and again. */
  let refused = false;
  place.append(h('h1', {}, t('list.heading')), zone, filter.element, news, status, list, more);
  const look = whileLookedAt(place, () => { if (underWay === 0 && !refused) void load(); }, EVERY);

  async function open() {
    news.replaceChildren();
    if (diary === null || list.childElementCount === 0) say(t('common.loading'), 'quiet');
    await begin();
  }

  async function begin() {
    pages = 1;
    await load();
  }

  async function further() {
    pages += 1;
    await load();
  }

  async function load() {
    const mine = (turn += 1);
    underWay += 1;
    try {
      diary ??= known(new Diary(api, await clinicOf(api)));
      if (filter.isBackwards()) {
        showPage({ items: [], next_cursor: null });
        say(t('list.backwards'), 'notice warn');
        return;
      }
      const page = await allPages((cursor) => appointments(api, { ...filter.query(), cursor }), (_, seen) => seen < pages);
      if (mine === turn) showPage(page);
    } catch (error) {
      const problem = problemOf(error);
      if (mine === turn) failed(problem);
    } finally {
      underWay -= 1;
    }
  }

  /** @param {Diary} its */
  function known(its) {
    its.changed = (text) => {
      announce(text);
      news.replaceChildren(h('p', { class: 'notice good' }, text));
      void load();
    };
    its.onlyPatient = (one) => filter.limit({ patient: one.patient, name: its.nameOf(one) });
    zone.textContent = zoneWords(its.times.zone, serverClock.now());
    return its;
  }

  /** @param {import('../lib/shown.js').Page<Appointment>} page */
  function showPage({ items, next_cursor: next }) {
    lists.fill([{ list, rows: items }]);
    refused = false;
    more.hidden = next === null;
    say(items.length === 0 ? filter.nothing() : '', 'card');
  }

  /** @param {import('../lib/api.js').ApiProblem} problem */
  function failed({ code }) {
    const over = isOver(code);
    if (over) showPage({ items: [], next_cursor: null });
    refused = over;
    say(over ? t('list.refused') : t('list.unreachable'), 'notice warn',
      h('button', { type: 'button', class: 'secondary', onclick: () => void load() }, t('common.again')));
  }

  /** Said once, not at every look. @param {import('../lib/i18n.js').Text | ''} text @param {string} tone @param {...HTMLElement} rest */
  function say(text, tone, ...rest) {
    if (text !== '' && status.firstElementChild?.textContent === text) return;
    status.replaceChildren(...(text === '' ? [] : [h('p', { class: tone }, text), ...rest]));
  }

  return { open, look };
}
