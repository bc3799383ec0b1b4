// Before a code: what it is for, and one button. The answer is the same for every address.

import { askCode } from '../lib/calls/address.js';
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
  const send = h('button', { type: 'button', class: 'primary large', id: 'send', onclick: () => void ask() }, t('address.send'));
  const have = h('button', { type: 'button', class: 'secondary', id: 'have', onclick: () => oncode(false) }, t('address.have'));
  let busy = false;

  async function ask() {
    if (busy) return;
    busy = true;
    say(trouble, '');
    try {
      await askCode(api, address);
      oncode(true);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === 'address_invalid') onincomplete();
      else say(trouble, refusalText(problem));
    } finally {
      busy = false;
    }
  }

  return {
    element: h('section', { class: 'column' },
      h('h1', {}, t('address.title')),
      news === null ? null : h('p', { class: 'notice', role: 'status' }, news),
      h('p', {}, t('address.ask')), send, trouble, have),
  };
}
