// The patient's page, state by state.

import { nextSteps } from '../book/next-steps.js';
import { sendLinksPart } from '../book/send-links.js';
import { leadLine } from '../book/when.js';
import { cancelPart } from '../join/cancel-part.js';
import { checkButton, checkView } from '../join/check.js';
import { details } from '../join/details.js';
import { connectingView, readyView } from '../join/ready.js';
import { earlyView } from '../join/early.js';
import { waitingView } from '../join/waiting.js';
import { calendarButton } from '../ui/calendar.js';
import { callView } from '../ui/call.js';
import { chatPanel } from '../ui/chat.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { otherDevice } from '../ui/other-device.js';
import { settingsDialog } from '../ui/settings.js';
import { api, at, ownMedia, visitIn } from './sample.js';

/** @typedef {import('./gallery.js').Specimen} Specimen */
/** @typedef {import('../lib/visit-state.js').Place} Place */

/** @type {Place} */
const NEXT = { position: 1, practitionerHere: true, lateUntil: null, phone: null };
/** @type {Place} */
const LATE = { position: 3, practitionerHere: false, lateUntil: at(25), phone: '+49 30 1234567' };

/** @returns {Specimen[]} */
export function patient() {
  return [
    { name: t('join.heading'), element: readyView(ownMedia(), () => {}, checkButton(() => {}), otherDevice(api)).element },
    { name: t('join.connecting'), element: connectingView(ownMedia()).element },
    { name: t('early.title'), element: earlyView(visitIn({ refusal: { code: 'too_early', message: '', opens_at: at(200) }, startsAt: at(210) }), api, () => {}, checkButton(() => {}), details(api, { onrefused() {}, oncancelled() {} })).element },
    { name: t('lost.summary'), element: sendLinksPart(api, 'harbour') },
    { name: t('book.calendar'), element: calendarButton(api, 'first', '') },
    { name: t('details.cancelUntil'), element: cancelling(true) },
    { name: t('details.cancelPast'), element: cancelling(false) },
    { name: t('book.nextSteps'), element: h('section', { class: 'column' }, leadLine(120), ...nextSteps({ window: { opens_at: at(2990), closes_at: at(3090) }, starts_at: at(3000) }, '#main', { zone: 'Pacific/Auckland', cancelMinutes: 1440, now: Date.now() })) },
    { name: t('check.title'), element: checkView(ownMedia(), '', { back: () => {}, onrefused: () => {} }).element },
    { name: t('gallery.next'), element: waiting(NEXT) },
    { name: t('gallery.late'), element: waiting(LATE) },
    { name: t('letting.title'), element: h('section', { class: 'column letting-in' }, h('h1', {}, t('letting.heading')), h('p', {}, t('letting.text', { practitioner: 'Dr Ada Okafor' }))) },
    { name: t('settings.heading'), element: settings() },
    { name: t('gallery.alone'), element: call([]) },
    { name: t('gallery.call'), element: call(['connected', 'failed', 'connecting']) },
    { name: t('share.you'), element: call(['connected', 'connected', 'connected'], ['good', 'weak', 'poor']) },
  ];
}

/** @param {boolean} can */
function cancelling(can) {
  return h('section', { class: 'card' }, ...cancelPart({ can_cancel: can, cancel_until: at(can ? 600 : -600), time_zone: 'Pacific/Auckland', phone: '+49 30 1234567' }, () => {}));
}

/** @param {Place} place */
function waiting(place) {
  return waitingView(visitIn({ phase: 'waiting', place }), ownMedia({ on: true }), checkButton(() => {}), otherDevice(api)).element;
}

const OTHERS = ['Dr Ada Okafor', 'Kim Lee', 'Jo Lee'];

/** As it stands over a call, here in its place. */
function settings() {
  const { dialog, update } = settingsDialog(ownMedia({ on: true }), { call: true });
  dialog.setAttribute('open', '');
  void update();
  return h('div', { class: 'dialog-place' }, dialog);
}

/**
 * @param {readonly import('../lib/negotiation.js').Media[]} media of one more person each
 * @param {readonly import('../lib/quality.js').Grade[]} [grades] of their connections; then one's own screen is shared
 */
function call(media, grades = []) {
  const own = ownMedia({ on: media.length > 0, failures: media.length > 0 ? {} : { video: 'busy' } });
  const button = (/** @type {string} */ kind, /** @type {string} */ icon, /** @type {import('../lib/i18n.js').Text} */ words) => (
    h('button', { type: 'button', class: `control ${kind}` }, h('span', { class: `icon icon-${icon}`, 'aria-hidden': 'true' }), h('span', {}, words)));
  const actions = [button('', 'door', t('meeting.leave')), button('danger', 'hang-up', t('call.leave'))];
  const visit = visitIn({ phase: 'in_room', people: media.map((_media, number) => (
    { sid: `${number}`, person: 'guest', name: OTHERS[number] ?? '', role: 'guest', polite: true, online: true, audio: number !== 0, video: number === 0, screen: number === 0 })) });
  for (const [number, each] of media.entries()) visit.media.set(`${number}`, each);
  const known = new Map(grades.map((grade, number) => [`${number}`, grade]));
  Object.assign(visit.watch, { grades: known, own: media.length > 0 && grades.length === 0 ? 'weak' : undefined });
  if (grades.length > 0) Object.assign(own, { screen: own.video });
  const chat = chatPanel(visit);
  const { element, update } = callView(own, { heading: t('call.heading'), alone: () => t('call.alone'), actions: [chat.button, ...actions], panel: chat.element });
  update(visit);
  return element;
}
