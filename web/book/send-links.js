// Whoever booked already and lost the link has it sent to the contact on file (A7). The page says the same whether it is known or not.

import { sendLinks } from '../lib/calls/booking.js';
import { oneAtATime } from '../ui/act.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { refusedText } from './refused.js';

/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */

/** What cannot be anybody's contact. */
const WRONG = ['field_required', 'string_invalid'];

/** @param {import('../lib/api.js').Api} api @param {string} clinic */
export function sendLinksPart(api, clinic) {
  const field = h('input', { id: 'contact', type: 'text', autocomplete: 'email', 'aria-describedby': 'contact-hint contact-trouble' });
  const trouble = h('p', { class: 'trouble', role: 'alert', id: 'contact-trouble' });
  const news = h('div', { role: 'status' });
  const tried = oneAtATime(trouble, (error) => refused(problemOf(error)));

  async function send() {
    news.replaceChildren();
    await sendLinks(api, clinic, field.value.trim());
    news.replaceChildren(h('p', { class: 'notice' }, t('current.sent')), h('p', {}, t('current.patience')), h('p', {}, t('current.nothing')));
  }

  /** @param {ApiProblem} problem */
  function refused(problem) {
    if (WRONG.includes(problem.code)) wrong();
    else say(trouble, refusedText(problem));
  }

  function wrong() {
    say(trouble, t('lost.wrong'));
    field.setAttribute('aria-invalid', 'true');
    field.focus();
  }

  return h('details', { class: 'card details' }, h('summary', {}, t('lost.summary')),
    h('form', { class: 'details-body', novalidate: true, oninput: () => field.removeAttribute('aria-invalid'),
      onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void tried(send); } },
    h('label', { for: 'contact' }, t('lost.label')), field,
    h('p', { class: 'quiet', id: 'contact-hint' }, t('lost.hint')), trouble,
    h('button', { type: 'submit', class: 'secondary', id: 'send-links' }, t('lost.do')), news));
}
