// A link as mail gateways, chat programs and people leave it: with signs in front of and behind it, written as percents, broken in two. Pure.

/** Rounds of decoding: a link that three gateways have each encoded once more (`%25252E`) is still read. */
const ROUNDS = 4;

/** What is invisible, and no part of any link: soft hyphen, zero-width signs, marks of direction, byte order mark. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;

/** A line break with the spaces around it; mails of old have a "=" in front of it (RFC 2045, 6.7). */
const BREAK = /=?[ \t]*[\r\n]+[ \t>]*/g;

/** Hyphens that word processors put in the place of "-". */
const HYPHENS = /[\u2010\u2011\u2012\u2212]/g;

/**
 * The first of the kind within a text, or ''.
 * @param {RegExp} kind its shape, or with a group what is wanted within it; what is glued to that falls away
 * @param {string} text
 */
export function found(kind, text) {
  const decoded = decode(text);
  const whole = decoded.replace(UNSEEN, '').replace(HYPHENS, '-').replace(BREAK, '');
  for (const reading of [decoded, whole, whole.replace(/=([0-9A-F]{2})/g, (_all, code) => hex(code)), whole.replace(/=/g, '')]) {
    const [its, within = its] = kind.exec(reading) ?? [];
    if (within !== undefined) return within;
  }
  return '';
}

/** Percents as what they stand for, however often they were written. @param {string} text */
function decode(text) {
  let now = text;
  for (let round = 0; round < ROUNDS; round += 1) now = now.replace(/(?:%[0-9a-f]{2})+/gi, decodeRun);
  return now;
}

/** What is no UTF-8 is no part of a link, but may stand beside one. @param {string} run */
function decodeRun(run) {
  try {
    return decodeURIComponent(run);
  } catch {
    return run.replace(/%([0-7][0-9a-f])|%../gi, (_all, code) => (code === undefined ? ' ' : hex(code)));
  }
}

/** @param {string} code */
function hex(code) {
  return String.fromCharCode(parseInt(code, 16));
}
