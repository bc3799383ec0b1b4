// A device check in a practitioner's words: nothing where there was none (E4).

import { complaints, isAllGood } from '../lib/check-found.js';
import { t } from './page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */

/** @param {import('../lib/check-found.js').Found | null | undefined} found @returns {import('../lib/i18n.js').Text[]} */
export function testedWords(found) {
  if (found === null || found === undefined) return [];
  const wrong = complaints(found);
  if (wrong.length > 0) return wrong.map((what) => t(/** @type {Key} */ (`tested.${what}`)));
  return [isAllGood(found) ? t('tested.good') : t('tested.part')];
}
