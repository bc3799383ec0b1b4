// What a call was refused for, in words for whoever asked; a page names the codes that need words of their own.

import { ApiProblem } from '../lib/api.js';
import { isAway } from '../lib/codes.js';
import { t } from './page.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {unknown} error @returns {ApiProblem} what a call was refused for; anything else is a fault of ours and is thrown on */
export function problemOf(error) {
  if (error instanceof ApiProblem) return error;
  throw error;
}

/** @param {ApiProblem} problem @returns {Text} */
export function problemText({ code }) {
  return isAway(code) ? t('common.unreachable') : t('common.problem');
}
