// What an appointment's state is called, at a glance and in full.

import { outcomeText, statusText } from '../ui/history-words.js';
import { t } from '../ui/page.js';
import { data } from '../ui/words.js';

/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** B3's blocking checks that a live appointment can fail. */
const CHECKS = ['not_confirmed', 'practitioner_not_video_enabled', 'type_not_video', 'type_not_linked', 'window_closed', 'revoked', 'ambiguous_clinic'];
/** Never said by colour alone. @type {Readonly<Record<Appointment['status'], string>>} */
const TONES = { held: 'warn', confirmed: 'good', cancelled: 'plain', expired: 'plain', completed: 'plain', no_show: 'warn' };

/** The one thing to know at a glance. @param {Appointment} appointment @returns {{ text: Text, tone: string }} */
export function pillOf(appointment) {
  const { status, outcome, review, link } = appointment;
  if (review && outcome !== null) return { text: outcomeText(outcome), tone: 'warn' };
  if (status === 'confirmed' && !link.usable) return { text: t('list.noLink'), tone: 'warn' };
  return { text: statusText(status), tone: TONES[status] };
}

/** Why its link cannot be used; null: it can, or nobody needs it any more. @param {Appointment} appointment */
export function linkTrouble({ status, link }) {
  const isLive = status === 'held' || status === 'confirmed';
  return isLive && !link.usable ? data(link.failed.map(whyNot).join(', ')) : null;
}

/** @param {string} code */
function whyNot(code) {
  return CHECKS.includes(code) ? t(/** @type {Key} */ (`check.${code}`)) : t('check.other', { code });
}
