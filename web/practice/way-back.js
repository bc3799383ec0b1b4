// The ways back into a visit from the lobby: where a patient still is, and what was handed to a colleague (D3, D6).

import { oneAtATime } from '../ui/act.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { data } from '../ui/words.js';
import { handedOver } from './handed-over.js';
import { commanded, refusalText } from './refused.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {import('../lib/visit.js').Visit} visit */
export function wayBack(visit) {
  const list = h('div', { class: 'ways-back' });
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const element = h('div', {}, list, trouble);
  const tried = oneAtATime(trouble, (error) => say(trouble, refusalText(problemOf(error))));
  let shown = '';

  /** @param {string} room */
  function enter(room) {
    void tried(async () => {
      await commanded(visit, 'enter', { room });
      handedOver.forget();
    });
  }

  function forget() {
    handedOver.forget();
    update();
  }

  function update() {
    const { rooms, queue } = visit.state;
    const theirs = rooms.filter(({ room }) => !queue.some((waiter) => waiter.handed_by !== undefined && waiter.room === room));
    const handed = handedOver.get();
    const now = JSON.stringify([theirs, handed]);
    if (now === shown) return;
    shown = now;
    const focused = document.activeElement?.id;
    list.replaceChildren(
      ...theirs.map(({ room, names }) => returnCard(data(names.join(', ')), () => enter(room))),
      ...(handed === null ? [] : [takeBackCard(data(handed.names), data(handed.to), () => enter(handed.room), forget)]));
    if (focused === 'return' || focused === 'take-back') document.getElementById(focused)?.focus();
  }

  update();
  return { element, update };
}

/** @param {Text} name @param {() => void} enter */
function returnCard(name, enter) {
  return h('div', { class: 'card' }, h('p', {}, t('meeting.returnText', { name })),
    h('button', { type: 'button', class: 'primary', id: 'return', onclick: enter }, t('meeting.return', { name })));
}

/** @param {Text} name @param {Text} colleague @param {() => void} enter @param {() => void} forget */
function takeBackCard(name, colleague, enter, forget) {
  return h('div', { class: 'card' }, h('p', {}, t('hand.over', { name, colleague })),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'secondary', id: 'take-back', onclick: enter }, t('hand.back')),
      h('button', { type: 'button', class: 'secondary', onclick: forget }, t('hand.hide'))));
}
