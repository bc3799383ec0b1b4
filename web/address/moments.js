// What the page says where there is nothing to do but wait, or try again.

import { againAt } from '../lib/patience.js';
import { h } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';
import { problemText } from '../ui/problem.js';
import { serverClock } from '../ui/server-clock.js';
import { clock } from '../ui/words.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */

/** @param {Text} text */
export function oneMomentView(text) {
  return { element: h('section', { class: 'column' }, h('h1', {}, t('address.title')), h('p', { role: 'status' }, text)) };
}

export function incompleteView() {
  entitle(t('address.incomplete'));
  return { element: h('section', { class: 'card end' }, h('h1', {}, t('address.incomplete')), h('p', {}, t('address.incompleteText'))) };
}

/** @param {ApiProblem} problem @param {() => void} again */
export function troubleView(problem, again) {
  return {
    element: h('section', { class: 'card end' }, h('h1', {}, t('address.title')), h('p', {}, refusalText(problem)),
      h('button', { type: 'button', class: 'primary', onclick: again }, t('common.again'))),
  };
}

/** Kindly, and the same whatever the address is. @param {ApiProblem} problem @returns {Text} */
export function refusalText(problem) {
  return problem.code === 'rate_limited' ? t('address.wait', { time: clock(againAt(problem, serverClock.now())) }) : problemText(problem);
}
