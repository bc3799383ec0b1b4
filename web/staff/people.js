// Everybody's link on one appointment: how it stands, whether they were told, and what can be done with it (A1, A9).

import { words } from '../lib/i18n.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { failureText } from '../ui/message-words.js';
import { roleOf } from '../ui/roles.js';
import { askToSendAnew, askToTakeBack, copyLink, sendAgain } from './acts.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').LinkRow} LinkRow */
/** @typedef {import('../lib/shown.js').PersonLink} PersonLink */
/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./acts.js').To} To */

/** @param {LinkRow} row @param {Desk} desk @param {import('./acts.js').Tell} tell @returns {HTMLElement[]} */
export function peopleLinks({ appointment, people }, desk, tell) {
  if (people.length === 0) return [];
  return [h('h3', {}, t('people.heading')), h('ul', { class: 'persons' }, ...people.map((person) => {
    const name = desk.personOf(person.person, person.name);
    return personLine(person, { id: appointment.id, person: person.person, name, desk, tell });
  }))];
}

/** @param {PersonLink} link @param {To} to */
function personLine(link, to) {
  return h('li', {},
    h('div', {},
      h('p', { class: 'who' }, to.name, words(' '), link.name === null ? null : h('span', { class: 'quiet' }, roleOf(link.person))),
      h('p', { class: 'quiet' }, words(facts(link).join(' · ')))),
    h('div', { class: 'buttons' }, ...acts(link, to)));
}

/** @param {PersonLink} link @returns {Text[]} */
function facts({ usable, revoked, told, has_contact: contact, message }) {
  // It was given out; that no message arrived says the rest.
  const unreached = !contact || message.state === 'failed';
  const state = revoked ? t('people.takenBack') : usable ? t('people.works') : t('people.noLink');
  return [
    state,
    ...(usable && !(told && unreached) ? [told ? t('people.told') : t('people.untold')] : []),
    ...(contact ? [messageText(message)] : [t('people.noContact')]),
  ];
}

/** @param {import('../lib/shown.js').Message} message @returns {Text} */
function messageText({ state, why }) {
  return t(/** @type {Key} */ (`people.message.${state}`), { why: failureText(why ?? '') });
}

/** Only what would work: a button that must fail costs a caller's time. @param {PersonLink} link @param {To} to */
function acts({ usable, revoked, has_contact: contact }, to) {
  const { name } = to;
  if (revoked) return [button('new', t('people.sendNew'), t('people.sendNewWho', { name }), to, () => askToSendAnew(to, contact))];
  if (!usable) return [];
  return [
    button('copy', t('people.copy'), t('people.copyWho', { name }), to, () => void copyLink(to)),
    ...(contact ? [button('send', t('people.send'), t('people.sendWho', { name }), to, () => void sendAgain(to))] : []),
    button('take', t('people.take'), t('people.takeWho', { name }), to, () => askToTakeBack(to)),
  ];
}

/** @param {string} what @param {Text} label @param {Text} whole for a screen reader, which hears buttons without their line @param {To} to @param {() => void} act */
function button(what, label, whole, { id, person }, act) {
  return h('button', { type: 'button', class: 'secondary', id: `${what}-${id}-${person}`, 'aria-label': whole, onclick: act }, label);
}
