// Checks in the front desk's words (B3).

import { CHECKS } from '../lib/codes.js';
import { words } from '../lib/i18n.js';
import { canExtend, fixOf } from '../lib/row-state.js';
import { t } from '../ui/page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('../lib/shown.js').Check} Check */

/** @param {string} code @param {Appointment} appointment @param {Text} practitioner @returns {Text} */
export function whyText(code, { external_type: external, type }, practitioner) {
  const values = { practitioner, external: words(external ?? type ?? ''), code };
  return CHECKS.includes(code) ? t(/** @type {Key} */ (`why.${code}`), values) : t('why.other', values);
}

/** @param {Check} check @param {Appointment} appointment @returns {Text | null} null: nobody can any more */
export function whoText({ code, who }, appointment) {
  if (code === 'cancelled' || (code === 'window_closed' && !canExtend(appointment))) return null;
  if (who === 'clinic') return fixOf(code) === null ? t('fix.who.elsewhere') : t('fix.who.clinic');
  return t(/** @type {Key} */ (`fix.who.${who.split(' ')[0]}`));
}

/** What a check is about, passed or not. @param {string} code @returns {Text} */
export function checkName(code) {
  return CHECKS.includes(code) ? t(/** @type {Key} */ (`checked.${code}`)) : t('why.other', { code });
}
