// The practitioner's call: the people in it, end the visit as done, or step out and come back; who else waits stays in sight.

import { callView } from '../ui/call.js';
import { chatPanel } from '../ui/chat.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { inRoom } from './in-room.js';
import { inviteCard } from './invite.js';
import { lateForm } from './late.js';
import { queueList } from './queue.js';
import { refusalText } from './refused.js';

/** @param {import('../lib/visit.js').Visit} visit @param {import('../lib/own-media.js').OwnMedia} own @param {import('../lib/api.js').Api} api @param {() => void} stepOut */
export function roomView(visit, own, api, stepOut) {
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const end = h('button', { type: 'button', class: 'control danger', id: 'end', onclick: () => void finish() },
    h('span', { class: 'icon icon-hang-up', 'aria-hidden': 'true' }), h('span', {}, t('meeting.end')));
  const out = h('button', { type: 'button', class: 'control', id: 'step-out', onclick: stepOut },
    h('span', { class: 'icon icon-door', 'aria-hidden': 'true' }), h('span', {}, t('meeting.leave')));
  const chat = chatPanel(visit);
  const call = callView(own, { heading: t('call.heading'), alone: () => t('meeting.alone'), actions: [chat.button, out, end], panel: chat.element });
  const queue = queueList(visit);
  const people = inRoom(visit, api);
  const invite = inviteCard(visit, api, { choose: false });
  const late = lateForm(visit);
  const element = h('div', { class: 'room' }, call.element,
    h('div', { class: 'beside' }, trouble, queue.element, people.element, invite.element, late.element, h('p', { class: 'quiet' }, t('meeting.leaveHint'))));

  async function finish() {
    const answer = await visit.command('end', { outcome: 'done' });
    if (answer.type === 'error') say(trouble, refusalText(answer));
  }

  function update() {
    call.update(visit);
    for (const part of [chat, queue, people, invite, late]) part.update();
  }

  update();
  function close() {
    call.close();
    queue.close();
    invite.close();
    late.close();
  }

  return { element, update, close, note: call.note };
}
