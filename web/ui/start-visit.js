// A visit in this browser: the real socket, storage and peer connection, and the moments when it is worth looking at the connection.

import { deviceWords } from '../lib/device.js';
import { SessionStore } from '../lib/session-store.js';
import { socketUrl } from '../lib/token.js';
import { Visit } from '../lib/visit.js';
import { serverClock } from './server-clock.js';
import { storage } from './storage.js';

/** @param {string} token @param {(visit: Visit) => void} onchange */
export function startVisit(token, onchange) {
  const visit = new Visit({
    url: socketUrl(location.origin, token),
    token,
    device: deviceWords(navigator.userAgent),
    store: new SessionStore(storage, token, Date.now), // beyond this page's life, where no other clock goes on
    clock: serverClock,
    Socket: WebSocket,
    Peer: window.RTCPeerConnection,
    onchange,
  });
  window.addEventListener('online', () => visit.connection.nudge());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') visit.connection.nudge();
  });
  return visit;
}

/**
 * Comes back after a reload, where there is something to come back to. False: the page begins with a click (A5).
 * @param {Visit} visit @param {string} token
 */
export function comeBackToVisit(visit, token) {
  // Some in-app browsers, and some that were hardened, have no WebRTC: said before anybody waits for nothing (E5).
  if (window.RTCPeerConnection === undefined) visit.refuse({ code: 'browser_unsupported', message: '' });
  else if (token === '') visit.refuse({ code: 'token_invalid', message: '' });
  else return visit.connection.resume();
  return true;
}
