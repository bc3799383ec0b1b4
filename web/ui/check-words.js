// Why a link does not open its visit, in the patient's own words, and who can put it right (B3).

import { CHECKS } from '../lib/codes.js';
import { h } from './dom.js';
import { t } from './page.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/shown.js').Check} Check */

/** What nobody puts right: another visit is made. */
const FINAL = ['cancelled', 'window_closed'];

/** @param {string} code @returns {Text} */
export function yoursText(code) {
  return CHECKS.includes(code) ? t(/** @type {Key} */ (`yours.${code}`)) : t('yours.other', { code });
}

/** @param {readonly Check[]} checks */
export function yoursList(checks) {
  return h('ul', { class: 'checks' }, ...checks.map(({ code, who }) =>
    h('li', {}, yoursText(code), FINAL.includes(code) ? null : h('span', { class: 'quiet' }, t(/** @type {Key} */ (`yours.who.${who.split(' ')[0]}`))))));
}
