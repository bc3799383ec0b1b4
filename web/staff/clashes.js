// Clashes: appointments from another system that overlap one here and have no place yet (C3). Shown only while there are any.

import { clashes } from '../lib/calls/clashes.js';
import { h } from '../ui/dom.js';
import { keptLists } from '../ui/kept-lists.js';
import { announce, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { counted } from '../ui/words.js';
import { clashLine } from './clash-line.js';
import { refused } from './moving.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').Clash} Clash */

/** @param {import('./desk.js').Desk} desk @param {(count: number) => void} oncount */
export function clashGroup(desk, oncount) {
  const heading = h('h2', {});
  const news = h('div', { class: 'news', role: 'status' });
  const list = h('ul', { class: 'rows' });
  const group = h('section', { hidden: true }, heading, h('p', { class: 'quiet' }, t('clash.text')), list);
  const lists = keptLists((/** @type {Clash} */ { id }) => id, clashView);

  /** @param {Clash} first */
  function clashView(first) {
    let told = JSON.stringify(first);
    const ways = { desk, tell, tried };
    const view = { element: clashLine(first, ways), update };

    /** @param {Clash} clash */
    function update(clash) {
      const now = JSON.stringify(clash);
      if (now === told) return;
      told = now;
      view.element = clashLine(clash, ways);
    }

    return view;
  }

  /** @param {Text} said */
  function tell(said) {
    news.replaceChildren(h('p', { class: 'notice good' }, said));
    desk.changed();
  }

  /** @param {() => Promise<void>} act */
  async function tried(act) {
    try {
      await act();
    } catch (error) {
      fail(refused(problemOf(error)));
    }
  }

  /** @param {Text} said */
  function fail(said) {
    announce(said, true);
    news.replaceChildren(h('p', { class: 'notice warn' }, said));
  }

  async function load() {
    const found = await clashes(desk.api);
    lists.fill([{ list, rows: found }]);
    group.hidden = found.length === 0;
    if (found.length > 0) heading.textContent = counted(found.length, 'clash.count.one', 'clash.count.other');
    oncount(found.length);
  }

  return { element: h('div', {}, news, group), load: () => load().catch(problemOf) };
}
