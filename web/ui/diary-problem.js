// Why an appointment cannot be moved, or get that outcome, kindly.

import { isAway } from '../lib/codes.js';
import { t } from './page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */

const KNOWN = ['slot_taken', 'slot_in_past', 'state_conflict', 'evidence_contradicts', 'interval_invalid', 'not_found', 'too_early',
  'practitioner_not_video_enabled'];

/** @param {(problem: ApiProblem) => Text} otherwise the page's own words @returns {(problem: ApiProblem) => Text} */
export function diaryText(otherwise) {
  return (problem) => {
    if (isAway(problem.code)) return t('common.unreachable');
    return KNOWN.includes(problem.code) ? t(/** @type {Key} */ (`diary.code.${problem.code}`)) : otherwise(problem);
  };
}
