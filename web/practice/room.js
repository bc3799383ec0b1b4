// The practitioner's call: end the visit as done, or step out and come back; who else waits stays in sight.

import { callView } from '../ui/call.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { lastRoom } from './last-room.js';
import { queueList } from './queue.js';
import { refusalText } from './refused.js';

/** @param {import('../lib/visit.js').Visit} visit @param {import('../lib/own-media.js').OwnMedia} own @param {() => void} stepOut */
export function roomView(visit, own, stepOut) {
  const trouble = h('p', { role: 'alert' });
  const end = h('button', { type: 'button', class: 'control danger', id: 'end', onclick: () => void finish() },
    h('span', { class: 'icon icon-hang-up', 'aria-hidden': 'true' }), h('span', {}, t('meeting.end')));
  const out = h('button', { type: 'button', class: 'control', id: 'step-out', onclick: stepOut },
    h('span', { class: 'icon icon-door', 'aria-hidden': 'true' }), h('span', {}, t('meeting.leave')));
  const call = callView(own, { heading: t('call.heading'), alone: t('meeting.alone'), actions: [out, end] });
  const queue = queueList(visit);
  const element = h('div', { class: 'room' }, call.element,
    h('div', { class: 'beside' }, trouble, h('p', { class: 'quiet' }, t('meeting.leaveHint')), queue.element));

  async function finish() {
    const answer = await visit.command('end', { outcome: 'done' });
    if (answer.type === 'error') say(trouble, refusalText(answer));
    else lastRoom.forget();
  }

  function update() {
    lastRoom.keep(visit.state);
    call.update(visit);
    queue.update();
  }

  update();
  return { element, update };
}
