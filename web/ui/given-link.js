// Somebody's link for whoever gives it to them: to copy, and as a QR code for their camera (D9).

import { asGuest } from '../lib/calls/guests.js';
import { ownQr } from '../lib/calls/link.js';
import { copyField } from './copy.js';
import { h } from './dom.js';
import { picture } from './other-device.js';
import { t } from './page.js';
import { problemOf, problemText } from './problem.js';

/** @typedef {import('../lib/api.js').Api} Api */

/** @param {Api} api @param {{ id: string, name: string, link: string }} whose */
export function givenLink(api, { id, name, link }) {
  const code = h('div', { class: 'qr-place', role: 'status' });
  const scan = h('details', { ontoggle: () => { if (scan.open) void load(); } }, h('summary', {}, t('invite.codeShow')), code);
  const element = h('div', { class: 'given-link' },
    copyField({ id: `link-of-${id}`, label: t('invite.link', { name }), value: link }), scan, h('p', { class: 'quiet' }, t('invite.secret', { name })));

  async function load() {
    if (code.firstChild !== null) return;
    code.replaceChildren(h('p', { class: 'quiet' }, t('common.loading')));
    try {
      code.replaceChildren(picture(await ownQr(asGuest(api, link)), t('invite.code', { name })));
    } catch (error) {
      code.replaceChildren(h('p', { class: 'notice warn' }, problemText(problemOf(error))));
    }
  }

  return element;
}
