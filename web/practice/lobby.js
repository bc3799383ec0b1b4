// Before the click that says "I am here", and the lobby after it: who waits, the way back to a visit, running late.

import { h } from '../ui/dom.js';
import { preview } from '../ui/preview.js';
import { t } from '../ui/page.js';
import { zoneWords } from '../ui/words.js';
import { inviteCard } from './invite.js';
import { lateForm } from './late.js';
import { queueList } from './queue.js';
import { wayBack } from './way-back.js';

/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {() => void} open @param {Text | null} news */
export function readyView(open, news) {
  const element = h('section', { class: 'ready' },
    h('h1', {}, t('meeting.heading')),
    news === null ? null : h('p', { class: 'notice', role: 'status' }, news),
    h('p', {}, t('meeting.ready')),
    h('button', { type: 'button', class: 'primary', id: 'open', onclick: open }, t('meeting.open')));
  return { element };
}

export function connectingView() {
  return { element: h('section', {}, h('h1', {}, t('meeting.heading')), h('p', { role: 'status' }, t('join.connecting'))) };
}

/** @param {Visit} visit @param {import('../lib/own-media.js').OwnMedia} own @param {import('../lib/api.js').Api} api @param {{ element: HTMLElement, update: () => void }} sound */
export function lobbyView(visit, own, api, sound) {
  const queue = queueList(visit);
  const { timeZone: zone } = visit.state;
  const look = preview(own, { closable: true });
  const back = wayBack(visit);
  const invite = inviteCard(visit, api, { choose: true });
  const late = lateForm(visit);
  const close = h('button', { type: 'button', class: 'secondary', onclick: () => void visit.leave() }, t('meeting.close'));
  const element = h('section', { class: 'lobby' },
    h('h1', {}, t('meeting.heading')),
    h('p', { class: 'quiet' }, t('meeting.link')),
    zone === null ? null : h('p', { class: 'quiet' }, zoneWords(zone, visit.clock.now())),
    back.element,
    queue.element,
    sound.element,
    h('div', { class: 'aside' }, late.element, look.element, invite.element),
    close);

  function update() {
    for (const part of [back, queue, sound, late, look, invite]) part.update();
  }

  function end() {
    for (const part of [queue, look, invite, late]) part.close();
  }

  return { element, close: end, update };
}
