// What was done, as lines: to one appointment, or in the clinic (A9).

import { history } from '../lib/calls/staff.js';
import { words } from '../lib/i18n.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { refusalText } from './refused.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('./desk.js').Desk} Desk */

const KNOWN = ['link_copied', 'link_resent', 'link_revoked', 'window_extended', 'grant_issued', 'grant_revoked', 'created', 'changed', 'cancelled', 'outcome'];

/** @param {string} what @returns {Text} */
export function actText(what) {
  return KNOWN.includes(what) ? t(/** @type {Key} */ (`act.${what}`)) : t('act.other', { what });
}

/** @param {string} id @param {Desk} desk */
export function historyOf(id, desk) {
  const body = h('div', {});
  const element = h('details', { class: 'history', ontoggle: () => { if (element.open) void load(); } }, h('summary', {}, t('row.history')), body);

  async function load() {
    try {
      const { items } = await history(desk.api, id);
      body.replaceChildren(items.length === 0 ? h('p', { class: 'quiet' }, t('row.noHistory')) : h('ol', {}, ...items.map((step) => stepLine(step, desk))));
    } catch (error) {
      body.replaceChildren(h('p', { class: 'notice warn', role: 'alert' }, refusalText(problemOf(error))));
    }
  }

  return { element, update: () => { if (element.open) void load(); } };
}

/** @param {import('../lib/shown.js').Step} step @param {Desk} desk */
function stepLine({ at, what, by, facts }, desk) {
  const said = [desk.times.when(at), actText(what), ...['who', 'person', 'reason'].map((fact) => facts[fact] ?? '').filter((fact) => fact !== '')];
  return h('li', {}, words(said.join(' · ')), h('span', { class: 'quiet' }, words(facts['who'] === undefined ? ` (${by})` : '')));
}
