// Before the click on Join, and just after it.

import { h } from '../ui/dom.js';
import { failureTrouble } from '../ui/failures.js';
import { inAppNotice } from '../ui/in-app.js';
import { preview } from '../ui/preview.js';
import { t } from '../ui/page.js';

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */

/** @param {OwnMedia} own @param {() => void} join @param {...HTMLElement} more */
export function readyView(own, join, ...more) {
  const look = preview(own, { closable: true });
  const steps = h('ol', { class: 'steps' },
    h('li', {}, t('join.step.join')), h('li', {}, t('join.step.wait')), h('li', {}, t('join.step.enter')));
  const button = h('button', { type: 'button', class: 'primary large', id: 'join', onclick: join }, t('join.button'));
  const element = h('div', { class: 'column' },
    h('h1', {}, t('join.heading')), h('p', {}, t('join.intro')), inAppNotice(), steps, button, look.element, ...more);
  return { element, update: look.update, close: look.close };
}

/** @param {OwnMedia} own */
export function connectingView(own) {
  const devices = h('div', { role: 'status' });
  const update = () => devices.replaceChildren(...failureTrouble(own));
  const element = h('div', { class: 'column' }, h('h1', {}, t('join.connecting')), h('p', {}, t('join.stay')), devices);
  return { element, update };
}
