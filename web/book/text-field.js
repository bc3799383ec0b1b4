// One line to fill in, with its label and what is wrong with it.

import { h, say } from '../ui/dom.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('./open.js').Desk['entered']} Entered */

/**
 * @param {{ id: keyof Entered, label: Text, type: string, autocomplete: string, maxlength: string, required?: boolean, hint?: string }} what `hint`: the id of words about it
 * @param {Entered} entered
 */
export function textField({ id, label, hint, required = false, ...how }, entered) {
  const trouble = h('p', { id: `${id}-trouble`, class: 'trouble' });
  const described = [...(hint === undefined ? [] : [hint]), trouble.id].join(' ');
  const input = h('input', { id, name: id, ...how, required, value: entered[id], 'aria-describedby': described, oninput: () => keep() });
  const element = h('div', { class: 'field' }, h('label', { for: id }, label), input, trouble);
  const keep = () => Object.assign(entered, { [id]: input.value });

  function clear() {
    say(trouble, '');
    input.removeAttribute('aria-invalid');
  }

  /** Whoever is told takes the focus there, which reads it. @param {Text} text */
  function complain(text) {
    say(trouble, text);
    input.setAttribute('aria-invalid', 'true');
  }

  return { element, input, clear, complain };
}
