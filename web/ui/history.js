// What was done to one appointment, loaded once somebody wants to know.

import { history } from '../lib/calls/appointments.js';
import { h } from './dom.js';
import { actText, byText, factTexts } from './history-words.js';
import { t } from './page.js';
import { problemOf } from './problem.js';
import { data } from './words.js';

/** @typedef {import('./history-words.js').Sayer} Sayer */

/**
 * @param {string} id
 * @param {Sayer & { api: import('../lib/api.js').Api }} desk
 * @param {(problem: import('../lib/api.js').ApiProblem) => import('../lib/i18n.js').Text} refused
 */
export function historyOf(id, desk, refused) {
  const body = h('div', {});
  const element = h('details', { class: 'history', ontoggle: () => { if (element.open) void load(); } }, h('summary', {}, t('row.history')), body);
  let told = '';

  async function load() {
    try {
      const { items } = await history(desk.api, id);
      const now = JSON.stringify(items);
      if (now === told) return;
      told = now;
      body.replaceChildren(items.length === 0 ? h('p', { class: 'quiet' }, t('row.noHistory')) : h('ol', {}, ...items.map((step) => stepLine(step, desk))));
    } catch (error) {
      told = '';
      body.replaceChildren(h('p', { class: 'notice warn', role: 'alert' }, refused(problemOf(error))));
    }
  }

  return { element, update: () => { if (element.open) void load(); } };
}

/** @param {import('../lib/shown.js').Step} step @param {Sayer} sayer */
function stepLine({ at, what, by, facts }, sayer) {
  const about = factTexts(facts, sayer);
  return h('li', {},
    h('p', {}, h('strong', {}, actText(what)), data(' · '), h('time', { dateTime: at }, sayer.times.when(at)), data(` · ${byText(by)}`)),
    about.length === 0 ? null : h('p', { class: 'quiet' }, data(about.join(' · '))));
}
