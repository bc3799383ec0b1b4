// When to try again. A server that comes back must not meet everybody in the same instant.

/** Milliseconds. The first pause is short: most drops are a lift or a changed network (D6). */
const FIRST = 500;
/** Milliseconds. The longest pause: below the grace in a call (30 s), so that at least two tries fall into it. */
export const LONGEST_PAUSE = 8_000;

/**
 * Milliseconds until the next try: doubling, with half of it random; never sooner than the server asked for.
 * @param {number} attempt 0 for the first try after a drop
 * @param {number} retryAfter seconds, as in the server's `retry_after`; 0 when it said nothing
 * @param {() => number} random in [0, 1)
 */
export function pause(attempt, retryAfter, random) {
  const grown = Math.min(LONGEST_PAUSE, FIRST * 2 ** Math.min(attempt, 10));
  const jittered = grown / 2 + (grown / 2) * random();
  return Math.max(jittered, retryAfter * 1_000 + (retryAfter > 0 ? FIRST * random() : 0));
}
