// Why a command was refused, in words that say what to do first.

import { t } from '../ui/page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */

const KNOWN = ['not_waiting', 'visit_open', 'room_full', 'room_locked', 'room_unknown', 'too_early', 'window_closed', 'backend_unavailable'];

/** @param {import('../lib/frames.js').Frame} error */
export function refusalText({ code }) {
  return KNOWN.includes(code) ? t(/** @type {Key} */ (`refused.${code}`)) : t('refused.other', { code });
}
