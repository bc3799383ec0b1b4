// Another system's name that stands for no type here: one choice links it (B4, HotDoc's third check).

import { words } from '../lib/i18n.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { refusalText } from './refused.js';
import { addName } from './type-line.js';

/** @typedef {import('../lib/shown.js').AppointmentType} AppointmentType */

/**
 * @param {string} external
 * @param {readonly AppointmentType[]} all
 * @param {import('./desk.js').Desk} desk
 * @param {import('./setup.js').Tell} tell
 * @param {import('./setup.js').Changed} changed
 * @param {() => void} close
 */
export function linkForm(external, all, desk, tell, changed, close) {
  const byVideoFirst = [...all].sort((one, other) => Number(other.video) - Number(one.video));
  const choice = h('select', { id: 'link-type' }, ...byVideoFirst.map(({ id, name, video }) =>
    h('option', { value: id }, video ? t('setup.linkOption', { name }) : t('setup.linkOptionOff', { name }))));

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    try {
      const { name } = await addName(desk, choice.value, external);
      close();
      tell(t('setup.added', { external, name }));
      await changed(true);
    } catch (error) {
      tell(refusalText(problemOf(error)), 'warn');
    }
  }

  return h('form', { class: 'card pointed', onsubmit: (event) => void submit(event) },
    h('h2', {}, t('setup.linkHeading', { external: words(external) })), h('p', {}, t('setup.linkText')),
    h('label', { for: 'link-type' }, t('setup.linkType')), choice,
    h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'primary', id: 'link-do' }, t('setup.linkDo'))));
}
