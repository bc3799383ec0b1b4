// Any genuine old link leads its patient on: the current one goes to the contact on file, which is never shown (A7).

import { sendCurrent } from '../lib/calls/link.js';
import { againAt } from '../lib/patience.js';
import { oneAtATime } from '../ui/act.js';
import { h, say } from '../ui/dom.js';
import { entitle, show, t } from '../ui/page.js';
import { problemOf, problemText } from '../ui/problem.js';
import { phoneLine } from '../ui/refusal.js';
import { serverClock } from '../ui/server-clock.js';
import { clock } from '../ui/words.js';

/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */
/** @typedef {import('../lib/visit-state.js').State} State */

/** Where a link has come to its end and another may be there. */
const ENDED = ['window_closed', 'cancelled', 'cancelled_by_you', 'moved'];

/** @param {State} state @returns {boolean} whether sending the current link is worth offering */
function leadsOn({ refusal }) {
  const code = refusal?.code ?? '';
  return ENDED.includes(code) || (code === 'token_revoked' && refusal?.['can_resend'] === true);
}

/**
 * @param {State} state
 * @param {import('../lib/api.js').Api} api
 * @param {HTMLElement} place where the answer is shown
 * @param {(code: string) => void} onrefused the server knows no such link
 * @returns {HTMLElement[]} nothing where there is nothing to offer
 */
export function currentLink(state, api, place, onrefused) {
  if (!leadsOn(state)) return [];
  const newer = state.refusal?.code === 'token_revoked';
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const button = h('button', { type: 'button', class: newer ? 'primary' : 'secondary', id: 'current', onclick: () => void tried(send) }, t('current.do'));
  const tried = oneAtATime(trouble, (error) => refused(problemOf(error)));

  async function send() {
    await sendCurrent(api);
    show(place, sentView(state));
  }

  /** @param {ApiProblem} problem */
  function refused(problem) {
    if (problem.code === 'unauthenticated') onrefused(problem.code);
    else if (problem.code === 'rate_limited') say(trouble, t('current.wait', { time: clock(againAt(problem, serverClock.now())) }));
    else say(trouble, problemText(problem));
  }

  return [h('div', { class: 'next' }, h('h2', {}, newer ? t('current.newer') : t('current.heading')), h('p', {}, newer ? t('current.newerText') : t('current.text')), button, trouble)];
}

/** The same whether or not there is a contact or a visit. @param {State} state */
function sentView({ phone, refusal }) {
  entitle(t('current.title'));
  return h('section', { class: 'card end' },
    h('h1', {}, t('current.title')),
    h('p', {}, t('current.sent')),
    h('p', {}, t('current.patience')),
    h('p', {}, t('current.nothing')),
    phoneLine(refusal?.['phone'] ?? phone),
    h('p', { class: 'quiet' }, t('current.close')));
}
