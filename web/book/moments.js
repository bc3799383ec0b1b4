// Where there is nothing to choose: not yet, not now, or not here; with what to do instead.

import { h } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';
import { phoneLine } from '../ui/refusal.js';
import { refusedText } from './refused.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

export function openingView() {
  return { element: h('section', { class: 'column' }, h('h1', {}, t('book.title')), h('p', { role: 'status' }, t('book.opening'))) };
}

export function unknownView() {
  return moment(t('book.unknown'), t('book.unknownText'), null);
}

/** @param {string | null} phone */
export function noLinkView(phone) {
  return moment(t('book.noLink'), t('book.noLinkText'), phone);
}

/** @param {string | null} phone */
export function offView(phone) {
  return moment(t('book.off'), t('book.offText'), phone);
}

/** @param {import('../lib/api.js').ApiProblem} problem @param {() => void} again */
export function troubleView(problem, again) {
  return moment(t('book.trouble'), refusedText(problem), null, h('button', { type: 'button', class: 'primary', id: 'again', onclick: again }, t('common.again')));
}

/** @param {Text} title @param {Text} text @param {string | null} phone @param {HTMLElement | null} [button] */
function moment(title, text, phone, button = null) {
  entitle(title);
  return { element: h('section', { class: 'card end' }, h('h1', {}, title), h('p', {}, text), phoneLine(phone), button) };
}
