// A question as a dialog: a form, what goes wrong with it, and a way out. Escape means "no".

import { oneAtATime } from './act.js';
import { h, say } from './dom.js';
import { toHeading } from './page.js';
import { problemOf } from './problem.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */

/** What a form found wrong before anything was sent. */
export class Missing extends Error {
  /** @param {Text} text @param {HTMLElement} field which takes the focus */
  constructor(text, field) {
    super(text);
    this.text = text;
    this.field = field;
  }
}

/**
 * @param {object} question
 * @param {Text} question.heading
 * @param {readonly HTMLElement[]} question.body
 * @param {Text} question.yes
 * @param {Text} question.no
 * @param {'danger' | 'primary'} [question.kind] of the button that does it
 * @param {(key: string) => Promise<unknown>} question.act `key`: an Idempotency-Key; a second press after a lost answer has no second effect
 * @param {() => void} question.done once the dialog is gone and the page can be changed
 * @param {(problem: ApiProblem) => Text} question.refused
 */
export function ask({ heading, body, yes, no, kind = 'danger', act, done, refused }) {
  const key = crypto.randomUUID();
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const doing = h('button', { type: 'submit', class: kind }, yes);
  const form = h('form', { onsubmit: submit },
    h('h2', { id: 'ask-heading' }, heading), ...body, trouble,
    h('div', { class: 'buttons' }, doing, h('button', { type: 'button', class: 'secondary', onclick: () => dialog.close() }, no)));
  const dialog = h('dialog', { class: 'card', 'aria-labelledby': 'ask-heading' }, form);
  const tried = oneAtATime(trouble, complain);

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    void tried(async () => {
      await act(key);
      dialog.close();
      done();
      // What was pressed to ask is gone with the view it stood in, and the one that is there now could not have the focus beneath the dialog.
      if (document.activeElement === document.body || dialog.contains(document.activeElement)) toHeading(document.body);
    });
  }

  /** @param {unknown} error */
  function complain(error) {
    if (error instanceof Missing) {
      say(trouble, error.text);
      error.field.focus();
    } else {
      say(trouble, refused(problemOf(error)));
    }
  }

  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * A labelled text area for a reason.
 * @param {{ label: Text, hint: Text }} words
 */
export function reasonField({ label, hint }) {
  const field = h('textarea', { id: 'reason', rows: '3', maxlength: '500', 'aria-describedby': 'reason-hint' });
  const element = h('div', {}, h('label', { for: 'reason' }, label), h('p', { id: 'reason-hint', class: 'quiet' }, hint), field);
  return { element, field, value: () => field.value.trim() };
}
