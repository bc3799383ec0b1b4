// A link to the front desk's page that does not, or no longer, open it.

import { h } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */

/** @type {Readonly<Record<string, string>>} */
const ENDS = { window_closed: 'expired', token_revoked: 'revoked', forbidden: 'forbidden', role_not_allowed: 'forbidden' };

/** @param {string} code */
export function endView(code) {
  const words = ENDS[code] ?? 'unknown';
  const title = t(/** @type {Key} */ (`staff.end.${words}.title`));
  entitle(title);
  return h('section', { class: 'card end' }, h('h1', {}, title), h('p', {}, t(/** @type {Key} */ (`staff.end.${words}.text`))));
}
