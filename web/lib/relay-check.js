// Whether the TURN server can be reached: it is asked for an address, which shows that name, network and credentials work (E2, E4).

/** Milliseconds after which a relay that has not answered counts as out of reach. */
const PATIENCE = 8_000;

/** @param {RTCIceServer[]} iceServers */
function hasRelay(iceServers) {
  return iceServers.some(({ urls }) => [urls].flat().some((url) => url.startsWith('turn')));
}

/**
 * @param {typeof RTCPeerConnection} Peer
 * @param {RTCIceServer[]} iceServers
 * @param {number} [patience] milliseconds
 * @returns {Promise<'ok' | 'failed' | undefined>} undefined: there is none to reach
 */
export async function relayReached(Peer, iceServers, patience = PATIENCE) {
  if (!hasRelay(iceServers)) return undefined;
  const pc = new Peer({ iceServers, iceTransportPolicy: 'relay' });
  try {
    return await gathered(pc, patience);
  } finally {
    pc.close();
  }
}

/** @param {RTCPeerConnection} pc @param {number} patience @returns {Promise<'ok' | 'failed'>} */
async function gathered(pc, patience) {
  /** @type {Promise<'ok' | 'failed'>} */
  const found = new Promise((tell) => {
    setTimeout(() => tell('failed'), patience);
    // Only candidates of the relay are gathered here; one of several URLs that fails (icecandidateerror) is no failure yet.
    pc.onicecandidate = ({ candidate }) => {
      if (candidate === null) tell('failed');
      else if (candidate.candidate.includes(' typ relay')) tell('ok');
    };
  });
  pc.createDataChannel('relay');
  await pc.setLocalDescription();
  return found;
}
