// Sections of a page, one shown at a time, with the way to each beside them.

import { byId, h } from './dom.js';
import { t } from './page.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/**
 * @template {string} S
 * @param {HTMLElement} nav
 * @param {Text} label
 * @param {Readonly<Record<S, Text>>} sections ids of the page's own elements, with their names
 * @param {(section: S) => void} onopen
 */
export function sidebar(nav, label, sections, onopen) {
  const buttons = /** @type {[S, Text][]} */ (Object.entries(sections)).map(([section, name]) => /** @type {const} */ ([section, button(section, name)]));
  nav.setAttribute('aria-label', label);
  nav.append(h('p', { class: 'brand' }, t('app.name')), h('ul', {}, ...buttons.map(([, each]) => h('li', {}, each))));

  /** @param {S} section @param {Text} name */
  function button(section, name) {
    return h('button', { type: 'button', class: 'section', onclick: () => open(section) }, h('span', {}, name));
  }

  /** @param {S} section */
  function open(section) {
    for (const [each, its] of buttons) {
      byId(each).hidden = each !== section;
      if (each === section) its.setAttribute('aria-current', 'page');
      else its.removeAttribute('aria-current');
    }
    document.body.dataset['section'] = section;
    onopen(section);
  }

  /** Puts something beside a section's name. @param {S} section @param {HTMLElement} badge */
  function mark(section, badge) {
    buttons.find(([each]) => each === section)?.[1].append(badge);
  }

  return { open, mark };
}
