// One of several; where there is only one, it is said and not asked.

import { h } from '../ui/dom.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {{ id: string, label: Text, options: readonly { id: string, words: Text }[], value: string, onpick: (id: string) => void }} what */
export function picker({ id, label, options, value, onpick }) {
  const [only] = options;
  if (only !== undefined && options.length === 1) return h('dl', { class: 'facts' }, h('dt', {}, label), h('dd', {}, only.words));
  const select = h('select', { id, onchange: () => onpick(select.value) }, ...options.map((each) => h('option', { value: each.id }, each.words)));
  select.value = value;
  return h('div', {}, h('label', { for: id }, label), select);
}
