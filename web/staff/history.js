// What was done, as lines: to one appointment, or in the clinic (A9).

import { history } from '../lib/calls/staff.js';
import { words } from '../lib/i18n.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { roleOf } from './desk.js';
import { refusalText } from './refused.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('./desk.js').Desk} Desk */

const KNOWN = ['link_copied', 'link_issued', 'link_requested', 'reminded', 'link_resent', 'link_revoked', 'window_extended', 'grant_issued', 'grant_revoked', 'created', 'changed', 'cancelled', 'outcome'];

/** Person numbers as the history has them (A2); from 2 on they are guests. */
const PEOPLE = ['practitioner', 'patient'];

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
  const whose = typeof facts['person'] === 'number' ? [roleOf(PEOPLE[facts['person']] ?? 'guest')] : [];
  const why = typeof facts['reason'] === 'string' ? [t('record.reason', { reason: facts['reason'] })] : [];
  const who = t(/** @type {Key} */ (`by.${by}`));
  return h('li', {}, words([desk.times.when(at), actText(what), ...whose, ...why, who].join(' · ')));
}
