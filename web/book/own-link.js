// The link of what was booked: shown, copied, and put into a calendar. Or that there is none yet.

import { yoursText } from '../ui/check-words.js';
import { calendarButton } from '../ui/calendar.js';
import { copyField } from '../ui/copy.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { refusedText } from './refused.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/calls/booking.js').Booked} Booked */

/** @param {import('./open.js').Desk} desk @param {Booked} booked */
export function ownLinkCard(desk, { id, link: { failed }, links: { patient } }) {
  if (patient === undefined) {
    return h('div', { class: 'notice warn' }, h('p', {}, t('book.noneYet')), h('ul', {}, ...failed.map((code) => h('li', {}, yoursText(code)))));
  }
  const told = desk.offer.sends_links ? desk.store.load()?.told ?? 'here' : 'nobody';
  return h('div', { class: 'card' },
    h('h2', {}, t('book.link')),
    h('p', {}, t('book.linkText')),
    h('p', { class: told === 'here' || told === 'nobody' ? 'notice warn' : '' }, t(/** @type {Key} */ (`book.told.${told}`))),
    copyField({ id: 'link', label: t('book.linkLabel'), value: patient.link }),
    calendarButton(desk.api, id, patient.token, refusedText));
}
