// Copying, also where a browser lets no page write the clipboard.

import { h, say } from './dom.js';
import { t } from './page.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {string} text @returns {Promise<boolean>} false: the browser does not let us */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no clipboard on this page, or forbidden: whoever asked shows the text instead
  }
}

/**
 * Something to copy in a field one can see, and a button.
 * @param {{ id: string, label: Text, value: string }} what
 */
export function copyField({ id, label, value }) {
  const field = h('input', { id, type: 'text', readonly: true, value, onfocus: () => field.select() });
  const news = h('p', { class: 'quiet', role: 'status' });
  const button = h('button', { type: 'button', class: 'secondary', onclick: () => void copy() }, t('copy.do'));

  async function copy() {
    const copied = await copyText(value);
    if (!copied) field.focus();
    say(news, copied ? t('copy.done') : t('copy.selected'));
  }

  return h('div', { class: 'copy' }, h('label', { for: id }, label), h('div', { class: 'copy-line' }, field, button), news);
}
