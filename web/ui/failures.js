// What is wrong with camera or microphone, and what to do about it in this browser (E5).

import { adviceOf } from '../lib/advice.js';
import { h, say } from './dom.js';
import { adviceText, thisBrowser } from './in-app.js';
import { t } from './page.js';

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */
/** @typedef {import('../lib/media.js').Failure} Failure */
/** @typedef {import('../lib/i18n.js').Key} Key */

/**
 * A notice for each thing that is wrong; what both devices have is advised about once.
 * @param {Pick<OwnMedia, 'failures'>} own
 * @param {import('../lib/browser-kind.js').BrowserKind} [kind]
 * @returns {HTMLElement[]}
 */
export function failureLines({ failures }, kind = thisBrowser) {
  const found = /** @type {[string, Failure][]} */ (Object.entries(failures));
  return [...new Set(found.map(([, failure]) => failure))].map((failure) => h('div', { class: 'notice warn' },
    ...found.filter(([, its]) => its === failure).map(([device]) => h('p', {}, h('strong', {}, t(/** @type {Key} */ (`device.${device}.${failure}`))))),
    h('p', {}, adviceText(adviceOf(failure, kind)))));
}

/** The same where no preview stands beside it to try again with. @param {OwnMedia} own @returns {HTMLElement[]} */
export function failureTrouble(own) {
  const lines = failureLines(own);
  if (lines.length === 0) return [];
  const news = h('p', { class: 'again-news', role: 'status' });
  const again = h('button', { type: 'button', class: 'secondary', onclick: () => void retry() }, t('device.again'));

  async function retry() {
    say(news, t('device.asking'));
    await own.again();
    say(news, t('device.still')); // where it works now, all of this is gone
  }

  return [...lines, h('div', { class: 'buttons' }, again), news];
}
