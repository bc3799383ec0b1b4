// When something that was asked for too often can be asked for again.

/** Seconds, where the server did not say. */
const A_MINUTE = 60;

/**
 * The full minute from which on it works again, in milliseconds since 1970: "14:06" is then true to the second.
 * @param {{ facts: Readonly<Record<string, any>> }} problem `rate_limited` with `retry_after` seconds
 * @param {number} now milliseconds, of the clinic's clock, by which all times are said
 */
export function againAt({ facts }, now) {
  const ready = now + Number(facts['retry_after'] ?? A_MINUTE) * 1_000;
  return Math.ceil(ready / 60_000) * 60_000;
}
