// Before a code: what it is for, and one button. The answer is the same for every address.

import { askCode } from '../lib/calls/address.js';
import { oneAtATime } from '../ui/act.js';
import { h, say } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { refusalText } from './moments.js';

/**
 * @param {object} options
 * @param {import('../lib/api.js').Api} options.api
 * @param {string} options.address
 * @param {import('../lib/i18n.js').Text | null} options.news
 * @param {(sent: boolean) => void} options.oncode goes on to where the code is entered
 * @param {() => void} options.onincomplete
 */
export function askView({ api, address, news, oncode, onincomplete }) {
  entitle(t('address.title'));
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const send = h('button', { type: 'button', class: 'primary large', id: 'send', onclick: () => void tried(ask) }, t('address.send'));
  const have = h('button', { type: 'button', class: 'secondary', id: 'have', onclick: () => oncode(false) }, t('address.have'));
  const tried = oneAtATime(trouble, (error) => {
    const problem = problemOf(error);
    if (problem.code === 'address_invalid') onincomplete();
    else say(trouble, refusalText(problem));
  });

  async function ask() {
    await askCode(api, address);
    oncode(true);
  }

  return {
    element: h('section', { class: 'column' },
      h('h1', {}, t('address.title')),
      news === null ? null : h('p', { class: 'notice', role: 'status' }, news),
      h('p', {}, t('address.ask')), send, trouble, have),
  };
}
