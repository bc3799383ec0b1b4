// Who waits now, across the day: name, appointment time, since when; Admit lets in exactly this one (D3, D4).

import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { clock, data } from '../ui/words.js';
import { testedWords } from '../ui/tested-words.js';
import { refusalText } from './refused.js';

/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../lib/frames.js').Waiter} Waiter */

/** @param {Visit} visit */
export function queueList(visit) {
  const list = h('ul', { class: 'queue' });
  const empty = h('p', { class: 'quiet' }, t('meeting.empty'));
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const element = h('div', { class: 'card' }, h('h2', {}, t('meeting.queue')), empty, list, trouble);
  let told = '';

  /** @param {Waiter} waiter */
  async function admit({ person, appointment }) {
    trouble.textContent = '';
    const answer = await visit.command('admit', { person, appointment });
    if (answer.type === 'error') trouble.textContent = refusalText(answer);
  }

  function update() {
    const { queue, room } = visit.state;
    const now = JSON.stringify([queue, room]);
    if (now === told) return; // a list that is built anew loses the focus of whoever is about to press
    told = now;
    empty.hidden = queue.length > 0;
    const focused = document.activeElement?.id;
    list.replaceChildren(...queue.map((waiter) => row(waiter, room, () => void admit(waiter))));
    if (focused?.startsWith('admit-')) document.getElementById(focused)?.focus();
  }

  update();
  return { element, update };
}

/** @param {Waiter} waiter @param {string | null} room the practitioner is in @param {() => void} admit */
function row(waiter, room, admit) {
  const time = clock(waiter.starts_at);
  const busy = room !== null && room !== waiter.room;
  const button = h('button', { type: 'button', class: 'primary', id: `admit-${waiter.sid}`, onclick: admit }, busy ? t('meeting.busy') : t('meeting.admit'));
  button.disabled = busy;
  if (!busy) button.setAttribute('aria-label', t('meeting.admitWho', { name: waiter.name, time }));
  return h('li', {}, h('div', {}, h('p', { class: 'who' }, data(waiter.name)), h('p', { class: 'quiet' }, facts(waiter, time))), button);
}

/** @param {Waiter} waiter @param {import('../lib/i18n.js').Text} time */
function facts(waiter, time) {
  const parts = [
    t('meeting.appointment', { time }),
    ...(waiter.role === 'guest' ? [t('meeting.guest')] : []),
    t('meeting.since', { time: clock(waiter.waiting_since) }),
    ...testedWords(waiter.check),
    ...(waiter.online ? [] : [t('meeting.offline')]),
  ];
  return data(parts.join(' · '));
}
