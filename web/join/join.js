// The patient's page, also a guest's: one view for each thing that can be happening.

import { Api } from '../lib/api.js';
import { opensNothing } from '../lib/codes.js';
import { askToMoveHere } from '../ui/elsewhere.js';
import { inAppNotice, thisBrowser } from '../ui/in-app.js';
import { linkBanner } from '../ui/link-banner.js';
import { otherDevice } from '../ui/other-device.js';
import { ownDevices } from '../ui/own-devices.js';
import { ownToken } from '../ui/own-token.js';
import { announce, entitle, hush, show, speak, t } from '../ui/page.js';
import { byId } from '../ui/dom.js';
import { refusalView } from '../ui/refusal.js';
import { timedFetch } from '../ui/server-clock.js';
import { comeBackToVisit, startVisit } from '../ui/start-visit.js';
import { stayAwake } from '../ui/wake.js';
import { callPage } from './call.js';
import { checkButton, checkView } from './check.js';
import { currentLink } from './current.js';
import { details } from './details.js';
import { earlyView } from './early.js';
import { lettingInView } from './letting-in.js';
import { connectingView, readyView } from './ready.js';
import { rebooking } from './rebook.js';
import { waitingView } from './waiting.js';

/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../lib/visit-state.js').Phase} Phase */
/** @typedef {{ element: HTMLElement, update?: () => void, close?: () => void }} View */

// Before anything else: the token leaves the address bar before the first request could carry it on (A4).
const token = ownToken();
speak();

const api = new Api(token, timedFetch);
const banner = linkBanner();
/** @type {View} */
let view = { element: byId('main') };
/** @type {Phase | null} */
let shown = null;
/** Why it is over, as shown: one end may follow another, as when an old page is asked for details. @type {unknown} */
let told = null;
const visit = startVisit(token, changed);
const own = ownDevices((media) => { visit.show(media); view.update?.(); });

/** After a click, or by itself where the click was before (A5). @param {{ move?: boolean }} [how] */
function join(how) {
  visit.join(how);
  void own.open();
}

/** The device check is open in place of the view of this phase, which comes back after it. */
let testing = false;

/** Where somebody is who is not about to be seen and heard, and may test. @type {readonly Phase[]} */
const QUIET = ['ready', 'early', 'waiting'];

/** @param {boolean} on */
function test(on) {
  testing = on;
  turnTo(visit.state.phase);
}

/** A link that opens nothing is said as everywhere; beside a visit that goes on it only ends the test. @type {(refusal: import('../lib/frames.js').Refusal, close: number) => void} */
function testRefused(refusal, close) {
  test(false);
  if (visit.state.phase === 'ready') visit.refuse(refusal, close);
}

const testButton = () => checkButton(() => test(true));

/** @param {{ over?: boolean, times?: boolean }} [how] */
function more(how) {
  return details(api, {
    ...how,
    onrefused: ({ code, message, facts }) => visit.refuse({ ...facts, code, message }),
    oncancelled: (phone) => visit.refuse({ code: 'cancelled_by_you', message: '', phone }),
  });
}

/** Another device, at once where this browser is an app's own, and the details. */
function furtherDown() {
  const inApp = thisBrowser.app !== null;
  const other = otherDevice(api, { open: inApp });
  return inApp ? [other, more()] : [more(), other];
}

/** Where this browser cannot do it, another one can. */
function elsewhereOnly() {
  return [inAppNotice(), otherDevice(api, { open: true })].filter((part) => part !== null);
}

/** @returns {View} */
function over() {
  const { state } = visit;
  const code = state.refusal?.code ?? '';
  const extras = [
    ...(code === 'browser_unsupported' ? elsewhereOnly() : []),
    ...rebooking(state, api),
    ...currentLink(state, api, byId('main'), (unknown) => visit.refuse({ code: unknown, message: '' })),
    ...(opensNothing(code) ? [] : [more({ over: true })]),
  ];
  return { element: refusalView(state, { again: () => join(), back: () => join({ move: true }), more: extras }) };
}

/** @type {Readonly<Record<Phase, () => View>>} */
const VIEWS = {
  ready: () => readyView(own, () => join(), testButton(), ...furtherDown()),
  connecting: () => connectingView(own),
  early: () => earlyView(visit, api, () => join(), testButton(), more({ times: false })),
  elsewhere: () => readyView(own, () => join(), testButton(), ...furtherDown()),
  waiting: () => waitingView(visit, own, testButton(), otherDevice(api)),
  letting_in: () => lettingInView(visit),
  in_room: () => callPage(visit, own),
  lobby: () => connectingView(own), // a practitioner's state; this page never is in it
  over,
};

function changed() {
  banner.update(visit.state);
  const { phase, refusal } = visit.state;
  if (phase === shown && (phase !== 'over' || refusal === told)) view.update?.();
  else turnTo(phase);
}

/** @param {Phase} phase */
function turnTo(phase) {
  const before = shown;
  shown = phase;
  told = visit.state.refusal;
  view.close?.();
  // Devices that are let go of are no news to what was shown before, which would say that everybody has left.
  view = { element: byId('main') };
  hush();
  testing &&= phase === before && QUIET.includes(phase);
  entitle(t('join.title'));
  if (phase === 'over' || (phase === 'early' && !testing)) own.close();
  stayAwake(phase === 'waiting' || phase === 'letting_in' || phase === 'in_room');
  document.body.classList.toggle('in-call', phase === 'in_room');
  view = testing ? checkView(own, token, { back: () => test(false), onrefused: testRefused }) : VIEWS[phase]();
  show(byId('main'), view.element);
  // The first view is read as the page is; taking the focus there would skip what comes before.
  if (before === null) document.body.focus();
  if (phase === 'elsewhere') askToMoveHere({ move: () => join({ move: true }), stay: () => announce(t('join.intro')) });
}

document.body.prepend(banner.element);
if (!comeBackToVisit(visit, token)) changed();
else if (visit.state.phase === 'connecting') void own.open();
