// The connection of the device check: an echo call through the same servers as a visit, and what it measured, in plain words.

import { complaints, isBad } from '../lib/check-found.js';
import { CheckRefused } from '../lib/check-line.js';
import { consequence } from '../lib/codes.js';
import { EchoCall } from '../lib/echo.js';
import { relayReached } from '../lib/relay-check.js';
import { data } from '../ui/words.js';
import { t } from '../ui/page.js';
import { step } from './check-devices.js';

/** @typedef {import('../lib/check-found.js').Found} Found */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/frames.js').Frame} Frame */

/** Milliseconds to watch the call. */
const WATCH = 5_000;

/**
 * @param {import('../lib/check-line.js').CheckLine} line
 * @param {(found: Found) => void} tell
 * @param {(refusal: CheckRefused) => void} onrefused this link can do nothing now
 */
export function connectionStep(line, tell, onrefused) {
  const view = step(t('check.connection'));
  /** @type {EchoCall | null} */
  let call = null;
  let closed = false;

  /** @param {readonly MediaStreamTrack[]} given */
  async function run(given) {
    view.tell(t('check.connection.testing'));
    // Somebody who is muted, or goes on to join meanwhile, keeps their own tracks.
    const tracks = given.map((track) => track.clone());
    try {
      const welcome = await line.open();
      if (!closed) await measure(welcome, tracks);
    } catch (error) {
      if (!(error instanceof CheckRefused)) throw error;
      refused(error);
    } finally {
      call?.close();
      tracks.forEach((track) => track.stop());
    }
  }

  /** @param {CheckRefused} error */
  function refused(error) {
    if (closed) return;
    if (consequence(error.close) === 'again') view.tell(t('check.connection.away'), 'warn');
    else onrefused(error);
  }

  /** @param {Frame} welcome @param {MediaStreamTrack[]} tracks */
  async function measure(welcome, tracks) {
    const { iceServers } = welcome['ice'];
    const relay = relayReached(RTCPeerConnection, iceServers);
    const echoed = welcome['echo'] === null ? {} : await echo(welcome['echo'].sid, iceServers, tracks);
    const reached = await relay;
    if (closed) return;
    /** @type {Found} */
    const found = { ...echoed, ...(reached === undefined ? {} : { relay: reached }) };
    view.tell(...verdict(found, welcome['echo_refused']?.code));
    tell(found);
  }

  /** @param {string} to @param {RTCIceServer[]} iceServers @param {MediaStreamTrack[]} tracks @returns {Promise<Found>} */
  async function echo(to, iceServers, tracks) {
    const made = new EchoCall({ Peer: RTCPeerConnection, iceServers, tracks, send: (signal) => line.signal(to, signal) });
    call = made;
    line.onsignal = (signal) => void made.receive(signal);
    const reached = await made.connect();
    if (reached === 'absent') return {};
    if (reached === 'failed') return { echo: 'failed' };
    return { echo: 'ok', ...(await made.measure(WATCH)) };
  }

  function close() {
    closed = true;
    call?.close();
  }

  return { element: view.element, run, close };
}

/** @param {Found} found @param {string | undefined} why there was no echo call @returns {[Text, '' | 'good' | 'warn']} */
function verdict(found, why) {
  const wrong = complaints(found);
  if (wrong.includes('connection')) return [t('check.connection.failed'), 'warn'];
  if (found.echo === undefined) return [why === 'echo_busy' ? t('check.connection.busy') : t('check.connection.relayOnly'), ''];
  const facts = factsOf(found);
  if (!wrong.includes('weak')) return [t('check.connection.good', { facts }), 'good'];
  return [isBad(found.relay) ? t('check.connection.relay', { facts }) : t('check.connection.slow', { facts }), 'warn'];
}

/** @param {Found} found @returns {Text} */
function factsOf({ rtt_ms: ms, loss }) {
  const parts = [
    ...(ms === undefined ? [] : [t('check.fact.rtt', { ms })]),
    ...(loss === undefined ? [] : [loss < 0.005 ? t('check.fact.none') : t('check.fact.loss', { percent: Math.round(loss * 100) })]),
  ];
  return parts.length === 0 ? t('check.fact.works') : data(parts.join(', '));
}
