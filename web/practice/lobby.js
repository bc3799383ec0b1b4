// Before the click that says "I am here", and the lobby after it: who waits, the way back to a visit, running late.

import { h } from '../ui/dom.js';
import { preview } from '../ui/preview.js';
import { t } from '../ui/page.js';
import { lastRoom } from './last-room.js';
import { lateForm } from './late.js';
import { queueList } from './queue.js';
import { refusalText } from './refused.js';

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

/** @param {Visit} visit @param {import('../lib/own-media.js').OwnMedia} own */
export function lobbyView(visit, own) {
  const queue = queueList(visit);
  const look = preview(own, { closable: true });
  const back = wayBack(visit);
  const close = h('button', { type: 'button', class: 'secondary', onclick: () => void visit.leave() }, t('meeting.close'));
  const element = h('section', { class: 'lobby' },
    h('h1', {}, t('meeting.heading')),
    h('p', { class: 'quiet' }, t('meeting.link')),
    back,
    queue.element,
    h('div', { class: 'aside' }, lateForm(visit), look.element),
    close);
  return { element, close: look.close, update: () => { queue.update(); look.update(); } };
}

/** @param {Visit} visit */
function wayBack(visit) {
  const last = lastRoom.get();
  if (last === null) return null;
  const trouble = h('p', { role: 'alert' });
  const card = h('div', { class: 'card' }, h('p', {}, t('meeting.returnText')),
    h('button', { type: 'button', class: 'primary', id: 'return', onclick: () => void enter(last.room) }, t('meeting.return', { name: last.name })), trouble);

  /** @param {string} room */
  async function enter(room) {
    const answer = await visit.command('enter', { room });
    if (answer.type !== 'error') return;
    lastRoom.forget();
    trouble.textContent = refusalText(answer);
  }

  return card;
}
