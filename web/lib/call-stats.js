// What getStats (W3C webrtc-stats) tells of one connection, as one measurement. Every member may be missing: no browser has all.

/** @typedef {import('./quality.js').Sample} Sample */
/** One report, loosely: its members depend on its type. @typedef {{ type: string, timestamp: number, [member: string]: any }} Report */

/**
 * Sums since the connection began, and what holds now.
 * @typedef {object} Counters
 * @property {number} at milliseconds
 * @property {number} received packets
 * @property {number} lost packets
 * @property {number} frozen seconds
 * @property {number} [jitter]
 * @property {number} [lossOut]
 * @property {number} [rtt]
 * @property {number} [available]
 */

/** Packets. Of fewer, one that is late would be a share that means nothing. */
const ENOUGH = 20;

/** @param {Iterable<Report>} reports @returns {Counters} */
export function countersOf(reports) {
  const all = [...reports];
  const inbound = all.filter(({ type }) => type === 'inbound-rtp');
  const told = all.filter(({ type }) => type === 'remote-inbound-rtp');
  const pair = pairOf(all);
  const audio = inbound.filter((report) => (report['kind'] ?? report['mediaType']) === 'audio');
  return {
    at: Math.max(0, ...all.map(({ timestamp }) => timestamp)),
    received: sum(inbound, 'packetsReceived'),
    lost: sum(inbound, 'packetsLost'),
    frozen: sum(inbound, 'totalFreezesDuration'),
    jitter: most(audio, 'jitter'),
    lossOut: most(told, 'fractionLost'),
    rtt: most(told, 'roundTripTime') ?? pair?.['currentRoundTripTime'],
    available: pair?.['availableOutgoingBitrate'],
  };
}

/** @param {Counters} before @param {Counters} now @returns {Sample} */
export function sampleOf(before, now) {
  const lost = Math.max(0, now.lost - before.lost); // duplicates count as less than none
  const expected = now.received - before.received + lost;
  const seconds = (now.at - before.at) / 1000;
  return {
    at: now.at,
    lossIn: expected >= ENOUGH ? Math.min(1, lost / expected) : undefined,
    frozen: seconds > 0 ? Math.min(1, Math.max(0, now.frozen - before.frozen) / seconds) : undefined,
    jitter: now.jitter,
    lossOut: now.lossOut,
    rtt: now.rtt,
    available: now.available,
  };
}

/** The way in use. Firefox says `selected`, others have the transport name it. @param {Report[]} all */
function pairOf(all) {
  const pairs = all.filter(({ type }) => type === 'candidate-pair');
  const named = all.find((report) => report.type === 'transport' && report['selectedCandidatePairId'] !== undefined);
  return pairs.find((pair) => pair['id'] === named?.['selectedCandidatePairId'])
    ?? pairs.find((pair) => pair['selected'] === true || (pair['nominated'] === true && pair['state'] === 'succeeded'));
}

/** @param {Report[]} reports @param {string} member */
function sum(reports, member) {
  return reports.reduce((total, report) => total + (report[member] ?? 0), 0);
}

/** @param {Report[]} reports @param {string} member @returns {number | undefined} */
function most(reports, member) {
  const known = reports.map((report) => report[member]).filter((value) => typeof value === 'number');
  return known.length === 0 ? undefined : Math.max(...known);
}
