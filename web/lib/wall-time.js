// What a clock on the clinic's wall shows, as an instant. Pure.

/** Milliseconds. No zone is further from its own offset the day before or after than the clocks were moved between. */
const A_DAY = 86_400_000;

/** "2026-11-24T09:05" in a zone. @param {number} instant @param {string} zone */
function wallOf(instant, zone) {
  const how = /** @type {const} */ ({ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
  const parts = new Intl.DateTimeFormat('en', how).formatToParts(new Date(instant));
  const part = (/** @type {string} */ type) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/**
 * @param {string} date "2026-11-24" @param {string} time "09:05" @param {string} zone
 * @returns {number | 'skipped' | 'twice'} milliseconds since 1970; clocks that are put forward skip a time, put back they show it twice
 */
export function instantOf(date, time, zone) {
  const wall = `${date}T${time.slice(0, 5)}`;
  const asUtc = Date.parse(`${wall}Z`);
  const offsets = [-A_DAY, 0, A_DAY].map((around) => Date.parse(`${wallOf(asUtc + around, zone)}Z`) - (asUtc + around));
  const found = [...new Set(offsets.map((offset) => asUtc - offset))].filter((instant) => wallOf(instant, zone) === wall);
  return found.length === 1 ? /** @type {number} */ (found[0]) : found.length === 0 ? 'skipped' : 'twice';
}
