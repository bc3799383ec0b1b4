// Why a visit cannot be opened, or has ended, and what to do next: never a dead end (A6, I).

import { telOf } from '../lib/tel.js';
import { h } from './dom.js';
import { entitle, t } from './page.js';
import { data } from './words.js';

/** @typedef {import('../lib/visit-state.js').State} State */
/** @typedef {import('../lib/i18n.js').Key} Key */

/** @typedef {'again' | 'later' | 'back' | 'none'} Next */

/** Codes to their words, with what may be tried: again by a click (`later`: likely nobody wants to), back from the other device, or nothing.
 * @type {Readonly<Record<string, readonly [words: string, next: Next]>>} */
export const ENDS = {
  left: ['left', 'again'],
  left_waiting: ['leftWaiting', 'again'],
  done: ['done', 'later'],
  ended: ['ended', 'again'],
  removed: ['removed', 'again'],
  expired: ['expired', 'again'],
  gone: ['expired', 'again'],
  window_closed: ['window_closed', 'none'],
  link_expired: ['link_expired', 'none'],
  cancelled: ['cancelled', 'none'],
  not_confirmed: ['not_confirmed', 'again'],
  moved: ['moved', 'none'],
  cancelled_by_you: ['cancelledByYou', 'none'],
  token_revoked: ['token_revoked', 'none'],
  token_replaced: ['token_replaced', 'none'],
  revoked: ['token_revoked', 'none'],
  token_invalid: ['unknown', 'none'],
  token_not_canonical: ['unknown', 'none'],
  token_too_long: ['unknown', 'none'],
  unauthenticated: ['unknown', 'none'],
  practice_unknown: ['practice_unknown', 'none'],
  practice_revoked: ['practice_revoked', 'none'],
  browser_unsupported: ['browser_unsupported', 'none'],
  role_not_allowed: ['role_not_allowed', 'none'],
  replaced: ['replaced', 'back'],
};

/** A room link has no appointment: it is not a visit that is over, but the link. @param {State} state @param {string} code */
function wordsOf({ refusal, role }, code) {
  if (code === 'left' && refusal?.['from'] === 'waiting') return 'left_waiting';
  if (code === 'token_revoked' && refusal?.['can_resend'] === true) return 'token_replaced';
  return code === 'window_closed' && refusal?.['opens_at'] === undefined && role !== 'patient' ? 'link_expired' : code;
}

/** What a practitioner is told instead: nobody sent them a message, and their clinic is where they are. @type {Readonly<Record<string, string>>} */
const FOR_PRACTITIONERS = { unknown: 'practice_unknown', token_revoked: 'practice_revoked' };

/** Where the close came without its frame. @type {Readonly<Record<number, string>>} */
const BY_CLOSE = {
  4500: 'token_invalid', 4502: 'token_revoked', 4503: 'window_closed', 4504: 'not_confirmed', 4505: 'role_not_allowed', 4506: 'replaced',
};

/**
 * @param {State} state in phase `over`
 * @param {{ again: () => void, back: () => void, more?: readonly HTMLElement[], practice?: boolean }} act `more`: what else this page offers;
 *   `practice`: it is the practitioner's
 * @returns {HTMLElement}
 */
export function refusalView(state, { again, back, more = [], practice = false }) {
  const { refusal, close, phone } = state;
  const code = wordsOf(state, refusal?.code ?? '');
  const [words, next] = endOf(code, close, practice);
  const title = t(/** @type {Key} */ (`over.${words}.title`));
  entitle(title);
  return h('section', { class: 'card end' },
    h('h1', {}, title),
    reasonLine(code === 'cancelled' ? refusal?.['reason'] : undefined),
    h('p', {}, t(/** @type {Key} */ (`over.${words}.text`))),
    phoneLine(refusal?.['phone'] ?? phone),
    nextButton(next, again, back),
    ...more);
}

/** @param {string} code @param {number} close @param {boolean} practice @returns {readonly [words: string, next: Next]} */
function endOf(code, close, practice) {
  const [words, next] = ENDS[code] ?? ENDS[BY_CLOSE[close] ?? ''] ?? ['problem', 'again'];
  return [(practice ? FOR_PRACTITIONERS[words] : undefined) ?? words, next];
}

/** @param {string | undefined} reason */
function reasonLine(reason) {
  return reason === undefined || reason === null ? null : h('p', {}, h('strong', {}, t('over.cancelled.reason')), data(` ${reason}`));
}

/** The clinic's number, to press on a phone. @param {string | null} phone */
export function phoneLine(phone) {
  return phone === null ? null : h('p', {}, t('over.phone'), data(' '), phoneLink(phone));
}

/** @param {string} phone */
export function phoneLink(phone) {
  return h('a', { href: telOf(phone) }, data(phone));
}

/** @param {Next} next @param {() => void} again @param {() => void} back */
function nextButton(next, again, back) {
  if (next === 'none') return null;
  const [words, act] = next === 'back' ? [t('over.replaced.back'), back] : [t('join.again'), again];
  return h('button', { type: 'button', class: next === 'later' ? 'secondary' : 'primary', id: 'next', onclick: act }, words);
}
