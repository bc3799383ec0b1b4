// A heading, a list, and "Show more" while there is more.

import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';

/** @param {import('../lib/i18n.js').Text} heading @param {() => void} onmore */
export function listGroup(heading, onmore) {
  const list = h('ul', { class: 'rows' });
  const more = h('button', { type: 'button', class: 'secondary', hidden: true, onclick: () => { wanted += 1; onmore(); } }, t('staff.more'));
  const element = h('section', { hidden: true }, h('h2', {}, heading), list, more);
  let wanted = 1;

  return {
    element,
    list,
    pages: () => wanted,
    isEmpty: () => list.childElementCount === 0,
    restart: () => { wanted = 1; },
    /** @param {number} count @param {boolean} further */
    update: (count, further) => {
      element.hidden = count === 0 && !further;
      more.hidden = !further;
    },
  };
}
