// Whether the connection to the clinic stands, said once when it breaks and once when it is back (E6).

import { h, say } from './dom.js';
import { sayForAWhile, t } from './page.js';

/** @typedef {import('../lib/visit-state.js').State} State */

export function linkBanner() {
  const element = h('p', { class: 'banner', role: 'status' });
  let wasDown = false;
  /** @type {State['phase'] | undefined} */
  let before;

  /** @param {State} state */
  function update(state) {
    const down = state.link === 'down';
    element.classList.toggle('shown', down);
    if (down) say(element, wordsFor(state));
    else if (wasDown && state.link === 'up') sayForAWhile(element, t('link.back'));
    else if (state.phase !== before) say(element, '');
    wasDown = down;
    before = state.phase;
  }

  return { element, update };
}

/** @param {State} state */
function wordsFor({ phase, reassigned }) {
  if (reassigned) return t('link.down.reassigned');
  if (phase === 'in_room') return t('link.down.call');
  return phase === 'connecting' ? t('link.down.start') : t('link.down.waiting');
}
