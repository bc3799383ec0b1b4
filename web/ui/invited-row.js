// Somebody who was invited: whether they have come, whether the link was sent, the link itself, taking it back (D9).

import { givenLink } from './given-link.js';
import { h, say } from './dom.js';
import { failureText } from './message-words.js';
import { t } from './page.js';
import { data } from './words.js';

/** @typedef {import('../lib/calls/guests.js').Invited} Invited */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** `where`: where they are now, if here. @typedef {Invited & { where: Text | '' }} Shown */

/** @param {Shown} first @param {import('../lib/api.js').Api} api @param {boolean} open @param {(guest: Invited) => void} take */
export function invitedRow(first, api, open, take) {
  const { id, name } = first;
  const presence = h('span', { class: 'quiet' });
  const message = h('p', { role: 'status' });
  const place = h('div', {});
  const back = h('button', { type: 'button', class: 'secondary', id: `withdraw-${id}`, 'aria-label': t('invite.withdrawWho', { name }), onclick: () => take(first) }, t('invite.withdraw'));
  const summary = h('summary', { id: `invited-${id}` }, h('span', { class: 'who' }, data(name)), data(' '), presence);
  const element = h('li', {}, h('details', { open }, summary, h('div', { class: 'details-body' }, message, place, h('div', { class: 'buttons' }, back))));
  /** @type {string | null} */
  let link = null;

  /** @param {Shown} guest */
  function update(guest) {
    say(presence, guest.where);
    say(message, messageText(guest));
    if (guest.link === link) return;
    link = guest.link;
    place.replaceChildren(...(link === null ? [] : [givenLink(api, { id, name, link })]));
  }

  update(first);
  return { element, update };
}

/** @type {Readonly<Record<'pending' | 'delivered' | 'failed', import('../lib/i18n.js').Key>>} */
const SENT = { pending: 'invite.pending', delivered: 'invite.delivered', failed: 'invite.failed' };

/** @param {Invited} guest @returns {Text} */
export function messageText({ name, email, phone, link, message: { state, why }, warnings }) {
  const contact = email ?? phone;
  if (link === null) return t('invite.over');
  if (contact === null && warnings.some(({ code }) => code === 'contact_invalid')) return t('invite.unusable', { name });
  if (contact === null || state === 'none') return t('invite.give', { name });
  return t(SENT[state], { contact, why: failureText(why ?? '') });
}
