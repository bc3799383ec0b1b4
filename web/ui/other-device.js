// The visit at another device or in another browser: the link to copy, and as a QR code for its camera (E5, D7).

import { ownQr } from '../lib/calls/link.js';
import { copyField } from './copy.js';
import { h } from './dom.js';
import { t } from './page.js';
import { problemOf, problemText } from './problem.js';

/** @typedef {import('../lib/api.js').Api} Api */

/** Nothing is asked of the server before somebody opens it (A5). @param {Api} api @param {{ open?: boolean }} [how] */
export function otherDevice(api, { open = false } = {}) {
  const code = h('div', { class: 'qr-place', role: 'status' });
  const element = h('details', { class: 'card other-device', open, ontoggle: () => { if (element.open) void load(); } },
    h('summary', {}, t('other.summary')),
    h('div', { class: 'details-body' },
      h('p', {}, t('other.text')),
      copyField({ id: 'own-link', label: t('other.link'), value: `${location.origin}${location.pathname}#${api.token}` }),
      h('p', {}, t('other.camera')), code, h('p', { class: 'quiet' }, t('other.secret'))));

  async function load() {
    if (code.firstChild !== null) return;
    code.replaceChildren(h('p', { class: 'quiet' }, t('common.loading')));
    try {
      code.replaceChildren(picture(await ownQr(api)));
    } catch (error) {
      code.replaceChildren(h('p', { class: 'notice warn' }, problemText(problemOf(error))));
    }
  }

  return element;
}

/** @param {string} svg @param {import('../lib/i18n.js').Text} [alt] whose link it is */
export function picture(svg, alt = t('other.alt')) {
  const image = h('img', { class: 'qr' });
  // `data:`, which our CSP has for images already: nothing new is allowed for this, and nothing has to be let go of.
  return Object.assign(image, { alt, width: 240, height: 240, src: `data:image/svg+xml,${encodeURIComponent(svg)}` });
}
