// What the front desk does with one person's link, or with an appointment's time (A9). Each tells how it went.

import { invite } from '../lib/calls/guests.js';
import { extend, linkToCopy, resend, takeBack } from '../lib/calls/staff.js';
import { ask, reasonField } from '../ui/ask.js';
import { copyField, copyText } from '../ui/copy.js';
import { h } from '../ui/dom.js';
import { givenLink } from '../ui/given-link.js';
import { inviteFields } from '../ui/invite-fields.js';
import { inviteProblem } from '../ui/invite-problem.js';
import { messageText } from '../ui/invited-row.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { needed } from '../ui/ask-outcome.js';
import { refusalText } from './refused.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {(news: Text | HTMLElement) => void} Tell says how it went, where the act was begun */

/** One person on an appointment. @typedef {{ id: string, person: string, name: Text, desk: Desk, tell: Tell }} To */

/** What goes wrong is said in the same place as what goes well. @param {To} to @param {() => Promise<void>} act */
async function tried({ desk, tell }, act) {
  try {
    await act();
  } catch (error) {
    const problem = problemOf(error);
    tell(h('p', { class: 'notice warn' }, refusalText(problem)));
    if (problem.code !== 'unreachable') desk.changed();
  }
}

/** @param {To} to */
export async function copyLink(to) {
  const { id, person, name, desk, tell } = to;
  await tried(to, async () => {
    const { link } = await linkToCopy(desk.api, id, person);
    const copied = await copyText(link);
    tell(copied ? t('people.copied', { name }) : copyField({ id: `link-${id}-${person}`, label: t('people.linkLabel', { name }), value: link }));
  });
}

/** The same link once more. @param {To} to */
export async function sendAgain(to) {
  const { id, person, name, desk, tell } = to;
  await tried(to, async () => {
    await resend(desk.api, id, person, '', crypto.randomUUID());
    tell(t('people.sent', { name }));
    desk.changed();
  });
}

/** A new link after one was taken back: asked first, since somebody had a reason. @param {To} to @param {boolean} [contact] whether it can be sent */
export function askToSendAnew({ id, person, name, desk, tell }, contact = true) {
  const reason = reasonField({ label: t('reason.optional'), hint: t('reason.hint') });
  ask({
    heading: t('anew.heading'),
    body: [h('p', {}, t('anew.text', { name })), reason.element],
    yes: t('anew.do'),
    no: t('anew.keep'),
    kind: 'primary',
    act: (key) => resend(desk.api, id, person, reason.value(), key),
    done: () => {
      tell(contact ? t('people.sent', { name }) : t('people.made', { name }));
      desk.changed();
    },
    refused: refusalText,
  });
}

/** @param {To} to */
export function askToTakeBack({ id, person, name, desk, tell }) {
  const reason = reasonField({ label: t('reason.label'), hint: t('reason.hint') });
  ask({
    heading: t('take.heading'),
    body: [h('p', {}, t('take.text', { name })), reason.element],
    yes: t('take.do'),
    no: t('take.keep'),
    act: (key) => takeBack(desk.api, id, person, needed(reason), key),
    done: () => {
      tell(t('people.taken', { name }));
      desk.changed();
    },
    refused: refusalText,
  });
}

/** D9: they are on the appointment at once, with a link of their own. @param {import('../lib/shown.js').Appointment} appointment @param {Desk} desk @param {Tell} tell */
export function askToInvite(appointment, desk, tell) {
  const fields = inviteFields();
  /** @type {import('../lib/calls/guests.js').Invited | undefined} */
  let made;
  ask({
    heading: t('invite.heading'),
    body: [h('p', { class: 'who' }, desk.about(appointment)), h('p', {}, t('invite.staffText')), ...fields.elements],
    yes: t('invite.do'),
    no: t('invite.keep'),
    kind: 'primary',
    async act() {
      const who = fields.value();
      try {
        made = await invite(desk.api, appointment.id, who, fields.keyOf(who));
      } catch (error) {
        throw fields.blame(problemOf(error));
      }
    },
    done: () => {
      if (made !== undefined) tell(h('div', { class: 'card' }, h('p', { class: 'notice good' }, t('invite.done', { name: made.name })), invitedLink(made, desk)));
      desk.changed();
    },
    refused: inviteProblem,
  });
}

/** @param {import('../lib/calls/guests.js').Invited} guest @param {Desk} desk */
function invitedLink(guest, { api }) {
  const { id, name, link } = guest;
  return h('div', {}, h('p', {}, messageText(guest)), ...(link === null ? [] : [givenLink(api, { id, name, link })]));
}

/** Minutes to choose from: what one can say without a calculator. */
const CHOICES = [15, 30, 60, 120, 240, 480];

/** @param {import('../lib/shown.js').Appointment} appointment @param {Desk} desk @param {Tell} tell */
export function askToExtend({ id, window: { closes_at: closes } }, desk, tell) {
  const reason = reasonField({ label: t('reason.label'), hint: t('reason.hint') });
  const minutes = h('select', { id: 'minutes' }, ...CHOICES.map((choice) => h('option', { value: String(choice) }, t('extend.option', { minutes: choice }))));
  let then = closes;
  ask({
    heading: t('extend.heading'),
    body: [h('p', {}, t('extend.text', { time: desk.times.at(closes) })), h('label', { for: 'minutes' }, t('extend.minutes')), minutes, reason.element],
    yes: t('extend.do'),
    no: t('extend.keep'),
    kind: 'primary',
    async act(key) {
      then = (await extend(desk.api, id, Number(minutes.value), needed(reason), key)).window.closes_at;
    },
    done: () => {
      tell(t('extend.done', { time: desk.times.at(then) }));
      desk.changed();
    },
    refused: refusalText,
  });
}
