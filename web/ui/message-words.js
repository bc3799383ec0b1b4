// Why a message has not arrived, in plain words.

import { t } from './page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** What a sender says of a message that has not arrived. @type {Readonly<Record<string, string>>} */
const FAILURES = {
  refused: 'refused', bad_address: 'bad_address', timeout: 'timeout', no_channel: 'no_channel', contact_missing: 'contact_missing',
  unreachable: 'unreachable', dropped: 'unreachable', tls: 'unreachable', sender_refused: 'sender', login_refused: 'sender',
  gone: 'disabled', disabled: 'disabled',
};

/** @param {string} code @returns {Text} */
export function failureText(code) {
  return t(/** @type {Key} */ (`failed.${FAILURES[code] ?? 'other'}`), { code });
}
