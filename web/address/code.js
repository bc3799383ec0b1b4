// The code from the message: entered, checked, said what is wrong; or a new one.

import { askCode, openByCode } from '../lib/calls/address.js';
import { digitsOf, isWhole } from '../lib/code.js';
import { oneAtATime } from '../ui/act.js';
import { h, say } from '../ui/dom.js';
import { announce, entitle, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { refusalText } from './moments.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/**
 * @param {object} options
 * @param {import('../lib/api.js').Api} options.api
 * @param {string} options.address
 * @param {boolean} options.sent whether a code was asked for just now
 * @param {(opened: import('../lib/shown.js').Opened) => void} options.onopened
 * @param {() => void} options.onincomplete
 */
export function codeView({ api, address, sent, onopened, onincomplete }) {
  entitle(t('address.enter'));
  const trouble = h('p', { id: 'code-trouble', class: 'trouble', role: 'alert' });
  const field = h('input', {
    id: 'code', type: 'text', class: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: '20', spellcheck: 'false',
    'aria-describedby': 'code-hint code-trouble',
  });
  const remember = h('input', { id: 'remember', type: 'checkbox', 'aria-describedby': 'remember-hint' });
  const another = h('button', { type: 'button', class: 'secondary', id: 'new', onclick: () => void tried(renew) }, t('address.new'));
  const tried = oneAtATime(trouble, (error) => refused(problemOf(error)));

  async function open() {
    field.removeAttribute('aria-invalid');
    onopened(await openByCode(api, address, digitsOf(field.value), remember.checked));
  }

  async function renew() {
    field.removeAttribute('aria-invalid');
    await askCode(api, address);
    field.value = '';
    field.focus();
    announce(t('address.newSent'));
    say(intro, t('address.newSent'));
  }

  /** @param {import('../lib/api.js').ApiProblem} problem */
  function refused(problem) {
    if (problem.code === 'address_invalid') onincomplete();
    else if (problem.code === 'code_wrong') wrong(t('address.wrong'));
    else say(trouble, refusalText(problem));
  }

  /** @param {Text} text */
  function wrong(text) {
    say(trouble, text);
    field.setAttribute('aria-invalid', 'true');
    field.focus();
    field.select();
  }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    if (isWhole(field.value)) void tried(open);
    else wrong(t('address.short'));
  }

  const intro = h('p', {}, sent ? t('address.sent') : t('address.valid'));
  return {
    element: h('section', { class: 'column' },
      h('h1', {}, t('address.enter')), intro,
      h('form', { class: 'card', novalidate: true, onsubmit: submit },
        h('label', { for: 'code' }, t('address.code')),
        h('p', { id: 'code-hint', class: 'quiet' }, t('address.valid')), field, trouble,
        h('div', { class: 'tick' }, remember, h('label', { for: 'remember' }, t('address.remember'))),
        h('p', { id: 'remember-hint', class: 'quiet' }, t('address.rememberHint')),
        h('button', { type: 'submit', class: 'primary large', id: 'open' }, t('address.open'))),
      h('p', {}, t('address.nothing')), another),
  };
}
