// The patient's call: as everybody's, with one way out.

import { callView } from '../ui/call.js';
import { chatPanel } from '../ui/chat.js';
import { h } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';
import { takingOver } from '../ui/people.js';

/** @param {import('../lib/visit.js').Visit} visit @param {import('../lib/own-media.js').OwnMedia} own */
export function callPage(visit, own) {
  entitle(t('call.title'));
  const leave = h('button', { type: 'button', class: 'control danger', id: 'leave', onclick: () => void visit.leave() },
    h('span', { class: 'icon icon-hang-up', 'aria-hidden': 'true' }), h('span', {}, t('call.leave')));
  const chat = chatPanel(visit);
  const { element, update, close } = callView(own, { heading: t('call.heading'), alone: aloneWords, actions: [chat.button, leave], panel: chat.element });
  const refresh = () => {
    update(visit);
    chat.update();
  };
  refresh();
  return { element, update: refresh, close };
}

/** @param {import('../lib/visit-state.js').State} state */
function aloneWords(state) {
  return state.reassigned ? takingOver(state) : t('call.alone');
}
