// This page inside another app, whose browser often has no camera: said before anybody presses Join (E5).

import { leaveApp } from '../lib/advice.js';
import { browserKind } from '../lib/browser-kind.js';
import { h } from './dom.js';
import { t } from './page.js';
import { data } from './words.js';

/** @typedef {import('../lib/i18n.js').Key} Key */

export const thisBrowser = browserKind(navigator.userAgent, navigator.maxTouchPoints);

/** @param {string} advice one of `ADVICE` */
export function adviceText(advice) {
  return t(/** @type {Key} */ (`advice.${advice}`));
}

/** @param {import('../lib/browser-kind.js').BrowserKind} [kind] @returns {HTMLElement | null} nothing in a browser of its own */
export function inAppNotice(kind = thisBrowser) {
  const { app } = kind;
  if (app === null) return null;
  return h('div', { class: 'notice warn in-app' },
    h('p', {}, h('strong', {}, t('inapp.where', { app: app === '' ? t('inapp.someApp') : data(app) }))),
    h('p', {}, adviceText(leaveApp(kind))));
}
