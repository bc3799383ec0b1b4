// Why something was refused, as the front desk needs to hear it.

import { isAway } from '../lib/codes.js';
import { t } from '../ui/page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */

const KNOWN = ['state_conflict', 'not_found', 'rate_limited', 'revoked', 'window_closed', 'cancelled', 'contact_missing', 'number_out_of_range'];

/** @param {import('../lib/api.js').ApiProblem} problem @returns {import('../lib/i18n.js').Text} */
export function refusalText({ code }) {
  if (isAway(code)) return t('staff.unreachable');
  return KNOWN.includes(code) ? t(/** @type {Key} */ (`staff.code.${code}`)) : t('staff.failed', { code });
}
