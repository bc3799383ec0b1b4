// Who is invited: a name, how to reach them, whether they stand in for the patient (D9).

import { contactOf } from '../lib/contact.js';
import { RepeatKey } from '../lib/idempotency.js';
import { Missing } from './ask.js';
import { h } from './dom.js';
import { t } from './page.js';

/** @typedef {import('../lib/calls/guests.js').Invitation} Invitation */
/** @typedef {import('../lib/i18n.js').Text} Text */

export function inviteFields() {
  const name = h('input', { id: 'invite-name', type: 'text', maxlength: '200', autocomplete: 'off' });
  const contact = h('input', { id: 'invite-contact', type: 'text', maxlength: '254', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'invite-contact-hint' });
  const counts = h('input', { id: 'invite-counts', type: 'checkbox', 'aria-describedby': 'invite-counts-hint' });
  const elements = [
    h('div', { class: 'line' }, h('label', { for: 'invite-name' }, t('invite.name')), name),
    h('div', { class: 'line' }, h('label', { for: 'invite-contact' }, t('invite.contact')), contact, h('p', { id: 'invite-contact-hint', class: 'quiet' }, t('invite.contactHint'))),
    h('div', { class: 'line' }, h('div', { class: 'tick' }, counts, h('label', { for: 'invite-counts' }, t('invite.counts'))), h('p', { id: 'invite-counts-hint', class: 'quiet' }, t('invite.countsHint'))),
  ];

  /** Throws `Missing` without a name. @returns {Invitation} */
  function value() {
    name.removeAttribute('aria-invalid');
    if (name.value.trim() === '') throw wrong(name, t('invite.nameMissing'));
    const reached = contact.value.trim();
    return { name: name.value.trim(), ...(reached === '' ? {} : contactOf(reached)), counts: counts.checked };
  }

  /** @param {import('../lib/api.js').ApiProblem} problem @returns {unknown} what is wrong, and where, if it is about one of these */
  function blame(problem) {
    const field = String(problem.facts['field'] ?? '').split('.').pop();
    return field === 'name' ? wrong(name, t('invite.nameWrong')) : problem;
  }

  const repeat = new RepeatKey();

  /** For somebody else. */
  function clear() {
    for (const field of [name, contact]) field.value = '';
    counts.checked = false;
    repeat.forget();
  }

  return { elements, name, value, blame, keyOf: (/** @type {unknown[]} */ ...asked) => repeat.of(...asked), clear };
}

/** @param {HTMLInputElement} field @param {Text} text */
function wrong(field, text) {
  field.setAttribute('aria-invalid', 'true');
  return new Missing(text, field);
}
