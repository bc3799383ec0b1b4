// What a practitioner sees of who waits.

import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { lobbyView, readyView } from '../practice/lobby.js';
import { queueList } from '../practice/queue.js';
import { at, ownMedia, visitIn } from './sample.js';

/** @typedef {import('./gallery.js').Specimen} Specimen */
/** @typedef {import('../lib/frames.js').Waiter} Waiter */

/** @param {string} name @param {Partial<Waiter>} facts @returns {Waiter} */
function waiter(name, facts) {
  return { person: 'patient', name, role: 'patient', appointment: name, room: name, starts_at: at(5), waiting_since: at(-7), online: true, sid: name.replace(' ', ''), ...facts };
}

const QUEUE = [waiter('Sam Lee', {}), waiter('Kim Lee', { role: 'guest', person: 'guest:kim' }), waiter('Alexandra Maximiliane Hohenfels-Winterstein', { online: false })];

/** @returns {Specimen[]} */
export function desk() {
  return [
    { name: t('gallery.closed'), room: 'practice', element: readyView(() => {}, t('meeting.closed')).element },
    { name: t('gallery.queue'), room: 'practice', element: lobbyView(visitIn({ phase: 'lobby', role: 'practitioner', queue: QUEUE }), ownMedia()).element },
    { name: t('gallery.busy'), room: 'practice', element: queueList(visitIn({ phase: 'in_room', room: 'Sam Lee', queue: QUEUE })).element },
    { name: t('gallery.empty'), room: 'practice', element: h('div', {}, queueList(visitIn({ phase: 'lobby' })).element) },
  ];
}
