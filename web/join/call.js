// The patient's call: as everybody's, with one way out.

import { callView } from '../ui/call.js';
import { h } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';

/** @param {import('../lib/visit.js').Visit} visit @param {import('../lib/own-media.js').OwnMedia} own */
export function callPage(visit, own) {
  entitle(t('call.title'));
  const leave = h('button', { type: 'button', class: 'control danger', id: 'leave', onclick: () => void visit.leave() },
    h('span', { class: 'icon icon-hang-up', 'aria-hidden': 'true' }), h('span', {}, t('call.leave')));
  const { element, update } = callView(own, { heading: t('call.heading'), alone: t('call.alone'), actions: [leave] });
  const refresh = () => update(visit);
  refresh();
  return { element, update: refresh };
}
