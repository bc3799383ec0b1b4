// What every page begins with: the viewer's language, the static words, announcements, one view at a time.

import { chooseLocale, language, translator, words } from '../lib/i18n.js';
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

/** What is to be said in a moment, so that two pieces of news at once are both heard. @type {Record<string, Text[]>} */
const soon = { news: [], urgent: [] };

/** Milliseconds that news stay where whoever reads the page line by line finds them: by then they are no news, and may not be true. */
const NEWS = 12_000;

/** Tells a screen reader; `urgent` interrupts. Said again if it is said twice. @param {Text} text @param {boolean} [urgent] */
export function announce(text, urgent = false) {
  const id = urgent ? 'urgent' : 'news';
  const texts = soon[id] ?? [];
  byId(id).textContent = '';
  texts.push(text);
  if (texts.length > 1) return;
  setTimeout(() => { if (texts.length > 0) sayForAWhile(byId(id), words(texts.splice(0).join(' '))); }, 50);
}

/** What was said of one step is not left on the page in the next. */
export function hush() {
  for (const [id, texts] of Object.entries(soon)) {
    texts.splice(0);
    byId(id).textContent = '';
  }
}

/** Says what is news, and takes it away when it is none any more. @param {HTMLElement} region @param {Text} text */
export function sayForAWhile(region, text) {
  say(region, text);
  const [said] = region.childNodes;
  setTimeout(() => { if (region.firstChild === said) region.textContent = ''; }, NEWS);
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
  toHeading(view);
}

/** Takes a keyboard or screen reader to the first heading that is in sight. @param {HTMLElement} view */
export function toHeading(view) {
  const target = [.../** @type {NodeListOf<HTMLElement>} */ (view.querySelectorAll('h1, h2'))].find((heading) => heading.offsetParent !== null);
  if (target === undefined) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}
