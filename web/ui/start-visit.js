// A visit in this browser: the real socket, storage and peer connection, and the moments when it is worth looking at the connection.

import { deviceWords } from '../lib/device.js';
import { SessionStore } from '../lib/session-store.js';
import { affinity } from '../lib/token.js';
import { Visit } from '../lib/visit.js';

/** @param {string} token @param {(visit: Visit) => void} onchange */
export function startVisit(token, onchange) {
  const visit = new Visit({
    url: `${location.origin.replace(/^http/, 'ws')}/ws/${affinity(token)}`,
    token,
    device: deviceWords(navigator.userAgent),
    store: new SessionStore(sessionStorage, token, Date.now),
    Socket: WebSocket,
    Peer: RTCPeerConnection,
    onchange,
  });
  window.addEventListener('online', () => visit.connection.nudge());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') visit.connection.nudge();
  });
  return visit;
}
