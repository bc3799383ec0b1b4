// Why a command was refused, in words that say what to do first.

import { ApiProblem } from '../lib/api.js';
import { t } from '../ui/page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */

const KNOWN = ['not_waiting', 'visit_open', 'room_full', 'room_locked', 'room_unknown', 'too_early', 'window_closed', 'peer_not_found',
  'practitioner_unknown', 'handed_over', 'backend_unavailable'];

/** @param {{ code: string } | import('../lib/frames.js').Frame} error */
export function refusalText(error) {
  const code = String(/** @type {{ code?: string }} */ (error).code);
  return KNOWN.includes(code) ? t(/** @type {Key} */ (`refused.${code}`)) : t('refused.other', { code });
}

/**
 * A command that throws what it was refused for, as a call over HTTP does.
 * @param {import('../lib/visit.js').Visit} visit @param {string} type @param {object} [members]
 */
export async function commanded(visit, type, members = {}) {
  const answer = await visit.command(type, members);
  if (answer.type === 'error') throw new ApiProblem(answer['code']);
}
