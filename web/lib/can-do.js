// What can be done about an appointment's place and outcome now: only what would work is offered (C6-C8, F5). Pure.

/** @typedef {import('./shown.js').Appointment} Appointment */

/** @param {Pick<Appointment, 'status' | 'outcome' | 'starts_at' | 'window'>} appointment @param {number} now milliseconds */
export function canDo({ status, outcome, starts_at: starts, window: { closes_at: closes } }, now) {
  const confirmed = status === 'confirmed';
  const isClosed = Date.parse(closes) <= now;
  const isOpen = (confirmed || status === 'held') && outcome === null && !isClosed;
  return {
    move: isOpen && confirmed,
    cancel: isOpen,
    complete: confirmed && Date.parse(starts) <= now,
    noShow: confirmed && isClosed,
    undo: status === 'completed' || status === 'no_show',
  };
}

/** Who still has the place that somebody waits for; null: it is free, as far as is known. @param {import('./shown.js').Clash} clash @returns {Appointment | null} */
export function holderOf({ other, practitioner, starts_at: starts, ends_at: ends }) {
  if (other === null || !['held', 'confirmed'].includes(other.status) || other.practitioner !== practitioner) return null;
  const overlaps = Date.parse(other.starts_at) < Date.parse(ends) && Date.parse(starts) < Date.parse(other.ends_at);
  return overlaps ? other : null;
}
