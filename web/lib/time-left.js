// When to say how much time is left: twice, never each second. Pure.

/** Minutes. Long enough to write an e-mail address, and the last moment to keep it longer. */
const TOLD_AT = [5, 1];

/**
 * What to say at this look, or null. A look that comes late, after a sleep, says the last only.
 * @param {number} before milliseconds left at the look before @param {number} rest milliseconds left now
 */
export function toTell(before, rest) {
  return TOLD_AT.filter((minutes) => before > minutes * 60_000 && rest <= minutes * 60_000).pop() ?? null;
}
