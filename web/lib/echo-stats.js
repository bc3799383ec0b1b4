// What an echo call tells of the connection, read from RTCPeerConnection.getStats (W3C WebRTC Statistics).

/**
 * @typedef {object} Measured
 * @property {number} [rtt_ms] there and back, milliseconds
 * @property {number} [loss] share of packets lost in the worse direction, 0 to 1
 * @property {number} [bitrate] bits a second that came back
 * @property {RTCIceCandidateType} [candidate_type] of our end of the pair that carries it
 */

/** @typedef {Map<string, any>} Report */

/** @param {Report} before @param {Report} now @returns {Measured} */
export function measured(before, now) {
  const pair = selectedPair(now);
  const loss = lossIn(now);
  const bitrate = bitrateBetween(before, now);
  const type = now.get(pair?.localCandidateId)?.candidateType;
  return {
    ...(pair?.currentRoundTripTime === undefined ? {} : { rtt_ms: Math.round(pair.currentRoundTripTime * 1000) }),
    ...(loss === undefined ? {} : { loss }),
    ...(bitrate === undefined ? {} : { bitrate }),
    ...(type === undefined ? {} : { candidate_type: type }),
  };
}

/** Firefox names no pair in its transport and marks the pair instead. @param {Report} report */
function selectedPair(report) {
  const transport = all(report, 'transport').find(({ selectedCandidatePairId: id }) => id !== undefined);
  const pairs = all(report, 'candidate-pair');
  return report.get(transport?.selectedCandidatePairId) ?? pairs.find(({ selected, nominated, state }) => selected ?? (nominated && state === 'succeeded'));
}

/** What was lost on the way back we count; what was lost on the way there the peer reports. @param {Report} report */
function lossIn(report) {
  const received = all(report, 'inbound-rtp').filter(({ packetsReceived: count }) => count > 0);
  const lost = sum(received, 'packetsLost');
  const back = received.length === 0 ? undefined : share(lost, lost + sum(received, 'packetsReceived'));
  const there = all(report, 'remote-inbound-rtp').map(({ fractionLost }) => fractionLost).filter((fraction) => fraction !== undefined);
  const known = [back, ...there].filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(1, Math.max(0, ...known));
}

/** @param {Report} before @param {Report} now */
function bitrateBetween(before, now) {
  const received = all(now, 'inbound-rtp');
  const seconds = ((received[0]?.timestamp ?? 0) - (all(before, 'inbound-rtp')[0]?.timestamp ?? 0)) / 1000;
  if (received.length === 0 || seconds <= 0 || all(before, 'inbound-rtp').length === 0) return undefined;
  return Math.max(0, Math.round((8 * (sum(received, 'bytesReceived') - sum(all(before, 'inbound-rtp'), 'bytesReceived'))) / seconds));
}

/** @param {Report} report @param {string} type */
function all(report, type) {
  return [...report.values()].filter((each) => each.type === type);
}

/** @param {any[]} reports @param {string} name @returns {number} */
function sum(reports, name) {
  return reports.reduce((total, each) => total + (each[name] ?? 0), 0);
}

/** @param {number} part @param {number} whole */
function share(part, whole) {
  return whole === 0 ? 0 : part / whole;
}
