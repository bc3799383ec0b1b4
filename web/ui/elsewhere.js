// D7: this person is here on another device. Asked as a dialog over the page; Escape means "stay there".

import { h } from './dom.js';
import { entitle, t } from './page.js';

/** @param {{ move: () => void, stay: () => void }} act */
export function askToMoveHere({ move, stay }) {
  entitle(t('elsewhere.title'));
  const yes = h('button', { type: 'button', class: 'primary', id: 'move', onclick: () => close(move) }, t('elsewhere.move'));
  const no = h('button', { type: 'button', class: 'secondary', onclick: () => close(stay) }, t('elsewhere.stay'));
  const dialog = h('dialog', { class: 'card', 'aria-labelledby': 'elsewhere', 'aria-describedby': 'elsewhere-text' },
    h('h2', { id: 'elsewhere' }, t('elsewhere.heading')),
    h('p', { id: 'elsewhere-text' }, t('elsewhere.text')),
    h('div', { class: 'buttons' }, yes, no));

  /** @param {() => void} act */
  function close(act) {
    dialog.close();
    dialog.remove();
    act();
  }

  dialog.addEventListener('cancel', () => close(stay));
  document.body.append(dialog);
  dialog.showModal();
}
