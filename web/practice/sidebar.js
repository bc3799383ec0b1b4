// Appointments, Meeting, Availability (PRODUCT I). Meeting says from anywhere how many wait and that a visit is on.

import { byId, h, say } from '../ui/dom.js';
import { locale, t } from '../ui/page.js';

/** @typedef {import('../lib/visit-state.js').State} State */
/** @typedef {'appointments' | 'meeting' | 'availability'} Section */

/** @type {readonly Section[]} */
const SECTIONS = ['appointments', 'meeting', 'availability'];
const PLURAL = new Intl.PluralRules(locale);

/** @param {HTMLElement} nav @param {(section: Section) => void} onopen */
export function sidebar(nav, onopen) {
  const badge = h('span', { class: 'badge', hidden: true });
  const buttons = new Map(SECTIONS.map((section) => [section, button(section)]));
  buttons.get('meeting')?.append(badge);
  nav.setAttribute('aria-label', t('practice.nav'));
  nav.append(h('p', { class: 'brand' }, t('app.name')), h('ul', {}, ...[...buttons.values()].map((each) => h('li', {}, each))));

  /** @param {Section} section */
  function button(section) {
    return h('button', { type: 'button', class: 'section', onclick: () => open(section) }, h('span', {}, t(`practice.${section}`)));
  }

  /** @param {Section} section */
  function open(section) {
    for (const [each, its] of buttons) {
      byId(each).hidden = each !== section;
      if (each === section) its.setAttribute('aria-current', 'page');
      else its.removeAttribute('aria-current');
    }
    document.body.dataset['section'] = section;
    onopen(section);
  }

  /** @param {State} state */
  function update({ phase, queue }) {
    const count = queue.length;
    badge.hidden = count === 0 && phase !== 'in_room';
    const plural = PLURAL.select(count) === 'one' ? 'practice.waitingCount.one' : 'practice.waitingCount.other';
    say(badge, count > 0 ? t(plural, { count }) : t('practice.inCall'));
  }

  return { open, update };
}
