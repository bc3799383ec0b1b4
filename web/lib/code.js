// A one-time code as people type and paste it.

const DIGITS = 6;

/** Only its digits, whatever stands between them, also full-width ones. @param {string} typed */
export function digitsOf(typed) {
  return typed.normalize('NFKC').replace(/\D/g, '');
}

/** @param {string} typed */
export function isWhole(typed) {
  return digitsOf(typed).length === DIGITS;
}
