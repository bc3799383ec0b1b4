// Why nobody could be invited, or an invitation not be taken back, in words that say what to do.

import { isAway } from '../lib/codes.js';
import { t } from './page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */

const KNOWN = ['window_closed', 'cancelled', 'not_confirmed', 'state_conflict', 'length_invalid', 'guests_used_up', 'person_unknown', 'not_found',
  'practitioner_not_video_enabled', 'type_not_video', 'type_not_linked'];

/** @param {import('../lib/api.js').ApiProblem} problem @returns {import('../lib/i18n.js').Text} */
export function inviteProblem({ code }) {
  if (KNOWN.includes(code)) return t(/** @type {Key} */ (`invite.refused.${code}`));
  return isAway(code) ? t('refused.backend_unavailable') : t('refused.other', { code });
}
