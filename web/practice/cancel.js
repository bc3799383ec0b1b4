// Cancelling needs a reason, which the patient sees (C6).

import { ApiProblem } from '../lib/api.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { nameOf, timesOf } from './appointment-row.js';
import { refusalText } from './refused.js';

/**
 * @param {import('../lib/api.js').Appointment} appointment
 * @param {import('../lib/api.js').Api} api
 * @param {() => void} oncancelled
 */
export function askToCancel(appointment, api, oncancelled) {
  const key = crypto.randomUUID(); // a second press after a lost answer has no second effect
  const reason = h('textarea', { id: 'reason', rows: '3', maxlength: '500', 'aria-describedby': 'reason-hint' });
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const form = h('form', { onsubmit: (event) => void submit(event) },
    h('h2', { id: 'cancel-heading' }, t('cancel.heading')),
    h('p', {}, t('cancel.who', { name: nameOf(appointment), time: timesOf(appointment) })),
    h('label', { for: 'reason' }, t('cancel.reason')), h('p', { id: 'reason-hint', class: 'quiet' }, t('cancel.reasonHint')), reason, trouble,
    h('div', { class: 'buttons' },
      h('button', { type: 'submit', class: 'danger' }, t('cancel.do')),
      h('button', { type: 'button', class: 'secondary', onclick: () => dialog.close() }, t('cancel.keep'))));
  const dialog = h('dialog', { class: 'card', 'aria-labelledby': 'cancel-heading' }, form);

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    if (reason.value.trim() === '') {
      say(trouble, t('cancel.missing'));
      reason.focus();
      return;
    }
    await cancel(reason.value.trim());
  }

  /** @param {string} why */
  async function cancel(why) {
    try {
      await api.cancel(appointment.id, why, key);
      dialog.close();
      oncancelled();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      say(trouble, refusalText({ type: 'error', code: error.code }));
    }
  }

  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
