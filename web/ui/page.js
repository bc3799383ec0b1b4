// What every page begins with: the viewer's language, the static words, announcements, one view at a time.

import { chooseLocale, language, translator } from '../lib/i18n.js';
import { byId, say } from './dom.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/i18n.js').Key} Key */

export const locale = chooseLocale(navigator.languages);
export const t = translator(locale);

/** Puts the viewer's language into the page's own words, which are English in the file. */
export function speak() {
  document.documentElement.lang = language(locale);
  for (const element of document.querySelectorAll('[data-t]')) {
    say(element, t(/** @type {Key} */ (element.getAttribute('data-t'))));
  }
  for (const element of document.querySelectorAll('[data-label]')) {
    element.setAttribute('aria-label', t(/** @type {Key} */ (element.getAttribute('data-label'))));
  }
}

/** Tells a screen reader; `urgent` interrupts. Said again if it is said twice. @param {Text} text @param {boolean} [urgent] */
export function announce(text, urgent = false) {
  const region = byId(urgent ? 'urgent' : 'news');
  region.textContent = '';
  setTimeout(() => say(region, text), 50);
}

/** @param {Text} text */
export function entitle(text) {
  document.title = `${text} – ${t('app.name')}`;
}

/**
 * Shows a view in place of another, and takes a keyboard or screen reader there. `[autofocus]` wins over the heading.
 * @param {HTMLElement} place
 * @param {HTMLElement} view
 */
export function show(place, view) {
  place.replaceChildren(view);
  const target = /** @type {HTMLElement | null} */ (view.querySelector('h1, h2'));
  if (target === null) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}
