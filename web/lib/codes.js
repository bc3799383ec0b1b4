// What a refusal or a close means for the page (PROTOCOL.md, Codes): 4000-4499 try again, 4500-4999 final.

/**
 * - `again`: connect again by yourself, after the pause given or a growing one;
 * - `early`: say hello again when the window opens (A6);
 * - `ask`: only after the person said yes to "move here?" (D7);
 * - `final`: this link or session has come to its end.
 * @typedef {'again' | 'early' | 'ask' | 'final'} Consequence
 */

const ELSEWHERE = 4009;
const TOO_EARLY = 4010;

/** Every close code above 4000 we know, and what the page does. @type {Readonly<Record<number, Consequence>>} */
export const CONSEQUENCES = {
  4008: 'again', // slow_consumer
  [ELSEWHERE]: 'ask',
  [TOO_EARLY]: 'early',
  4011: 'again', // backend_unavailable, contended
  4012: 'again', // draining
  4013: 'again', // rate_limited
  4014: 'again', // connection_lost
  4015: 'again', // reassigned
  4500: 'final', // token_invalid, token_not_canonical, token_too_long
  4501: 'final', // hello_timeout, hello_required, version_unsupported, json_invalid
  4502: 'final', // token_revoked
  4503: 'final', // window_closed
  4504: 'final', // cancelled, not_confirmed, moved
  4505: 'final', // role_not_allowed
  4506: 'final', // replaced
  4508: 'final', // call_ended
};

/**
 * A network that broke (1006), a server that restarted (1001, 1012) and codes of later versions below 4500 are worth another try.
 * @param {number} code the WebSocket close code
 * @returns {Consequence}
 */
export function consequence(code) {
  return CONSEQUENCES[code] ?? (code >= 4500 ? 'final' : 'again');
}

/** Every check of a link (B3). */
export const CHECKS = ['not_confirmed', 'cancelled', 'window_closed', 'revoked', 'practitioner_not_video_enabled', 'type_not_video', 'type_not_linked',
  'ambiguous_clinic', 'contact_missing', 'contact_invalid', 'patient_busy', 'message_undelivered'];

/** Whether the server could not be asked, or not answer: another try may do. @param {string} code */
export function isAway(code) {
  return ['unreachable', 'backend_unavailable', 'contended', 'not_ready'].includes(code);
}

/**
 * Whether a link with this code opens nothing at all any more, so that there are no details to be had of it.
 * @param {string} code
 */
export function opensNothing(code) {
  return code.startsWith('token_') || ['unauthenticated', 'moved', 'role_not_allowed'].includes(code);
}

/** Whether nothing more can be done with a link, as it stands, but to look at it: trying again is no use. @param {string} code */
export function isOver(code) {
  return opensNothing(code) || ['forbidden', 'cancelled', 'window_closed', 'not_confirmed'].includes(code);
}
