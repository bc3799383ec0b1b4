// What this link is for, why it may not open, the address to bookmark, cancelling: asked for by a click, so that opening
// the page stays nothing (A5).

import { ownLink } from '../lib/calls/link.js';
import { opensNothing } from '../lib/codes.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf, problemText } from '../ui/problem.js';
import { detailLines } from './detail-lines.js';

/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */

/**
 * @param {import('../lib/api.js').Api} api
 * @param {{ over?: boolean, times?: boolean, onrefused: (problem: ApiProblem) => void, oncancelled: (phone: string | null) => void }} options
 *   `over`: the visit has come to its end; `times`: not where the page says them already; `onrefused`: this link opens nothing any more
 */
export function details(api, { over = false, times = true, onrefused, oncancelled }) {
  const body = h('div', { class: 'details-body' });
  const element = h('details', { class: 'card details', ontoggle: () => { if (element.open) void load(); } },
    h('summary', {}, over ? t('details.over') : t('details.summary')), body);

  async function load() {
    body.replaceChildren(h('p', { class: 'quiet', role: 'status' }, t('common.loading')));
    try {
      body.replaceChildren(...detailLines(await ownLink(api), times, api, oncancelled));
    } catch (error) {
      failed(problemOf(error));
    }
  }

  /** @param {ApiProblem} problem */
  function failed(problem) {
    if (opensNothing(problem.code)) onrefused(problem);
    else body.replaceChildren(...trouble(problem));
  }

  /** @param {ApiProblem} problem */
  function trouble(problem) {
    return [h('p', { class: 'notice warn', role: 'alert' }, problemText(problem)),
      h('button', { type: 'button', class: 'secondary', onclick: () => void load() }, t('common.again'))];
  }

  return element;
}
