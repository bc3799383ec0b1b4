// Set-up: video on or off for practitioners and types, and what types are called elsewhere. Switching on heals by itself;
// switching off first shows what it touches (B4).

import { disabledWebhooks, practitioners, types } from '../lib/calls/staff.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { linkForm } from './link-form.js';
import { practitionerLine } from './practitioner-line.js';
import { refusalText } from './refused.js';
import { typeLine } from './type-line.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./desk.js').Setting} Setting */
/** @typedef {(text: Text, kind?: 'good' | 'warn') => void} Tell */
/** @typedef {(healed: boolean) => Promise<void>} Changed `healed`: missing links may come of it */

/** @param {HTMLElement} place @param {Desk} desk */
export function setupSection(place, desk) {
  const status = h('div', { class: 'news', role: 'status' });
  const link = h('div', {});
  const missed = h('div', {});
  const people = h('ul', { class: 'settings' });
  const kinds = h('ul', { class: 'settings' });
  place.append(h('h1', {}, t('setup.heading')), status, missed, link,
    h('section', {}, h('h2', {}, t('setup.practitioners')), people), h('section', {}, h('h2', {}, t('setup.types')), kinds));

  /** @type {Tell} */
  function tell(text, kind = 'good') {
    status.replaceChildren(h('p', { class: `notice ${kind}` }, text));
  }

  /** @type {Changed} */
  async function changed(healed) {
    await load();
    if (healed) desk.watchBackfill();
    desk.changed();
  }

  async function load() {
    try {
      const [everybody, all, gone] = await Promise.all([practitioners(desk.api), types(desk.api), disabledWebhooks(desk.api)]);
      missed.replaceChildren(...gone.map((each) => h('p', { class: 'notice warn' }, t('setup.disabledWebhook', { id: each.id, when: desk.times.at(each.at) }))));
      const focused = document.activeElement?.id ?? '';
      people.replaceChildren(...(everybody.length === 0 ? [h('li', {}, t('setup.noPractitioners'))] : everybody.map((each) => practitionerLine(each, desk, tell, changed))));
      kinds.replaceChildren(...(all.length === 0 ? [h('li', {}, t('setup.noTypes'))] : all.map((each) => typeLine(each, desk, tell, changed))));
      if (focused !== '' && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
      return all;
    } catch (error) {
      tell(refusalText(problemOf(error)), 'warn');
      return [];
    }
  }

  /** What the section is opened for, if for one thing. @type {Setting | null} */
  let pointed = null;

  async function open() {
    status.replaceChildren();
    link.replaceChildren();
    const all = await load();
    if (pointed !== null) show(pointed, all);
    pointed = null;
  }

  /** To the very thing that is to be put right. @param {Setting} setting @param {readonly import('../lib/shown.js').AppointmentType[]} all */
  function show({ kind, id }, all) {
    if (kind === 'link') link.replaceChildren(linkForm(id, all, desk, tell, changed, () => link.replaceChildren()));
    const target = document.getElementById(kind === 'link' ? 'link-type' : `video-${kind}-${id}`);
    target?.closest('li')?.classList.add('pointed');
    target?.scrollIntoView({ block: 'center' });
    target?.focus();
  }

  return { open, point: (/** @type {Setting} */ setting) => { pointed = setting; } };
}
