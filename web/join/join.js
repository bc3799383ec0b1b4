// The patient's page, also a guest's: one view for each thing that can be happening.

import { Api } from '../lib/api.js';
import { opensNothing } from '../lib/codes.js';
import { OwnMedia } from '../lib/own-media.js';
import { askToMove } from '../ui/elsewhere.js';
import { linkBanner } from '../ui/link-banner.js';
import { ownToken } from '../ui/own-token.js';
import { announce, entitle, show, speak, t } from '../ui/page.js';
import { byId } from '../ui/dom.js';
import { refusalView } from '../ui/refusal.js';
import { comeBack, startVisit } from '../ui/start-visit.js';
import { stayAwake } from '../ui/wake.js';
import { callPage } from './call.js';
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

const api = new Api(token, fetch.bind(window));
const banner = linkBanner();
/** @type {View} */
let view = { element: byId('main') };
/** @type {Phase | null} */
let shown = null;
/** Why it is over, as shown: one end may follow another, as when an old page is asked for details. @type {unknown} */
let told = null;
const visit = startVisit(token, changed);
const own = new OwnMedia({ source: navigator.mediaDevices, onchange: (media) => { visit.show(media); view.update?.(); } });

/** After a click, or by itself where the click was before (A5). @param {{ move?: boolean }} [how] */
function join(how) {
  visit.join(how);
  void own.open();
}

/** @param {{ over?: boolean, times?: boolean }} [how] */
function more(how) {
  return details(api, {
    ...how,
    onrefused: ({ code, message, facts }) => visit.refuse({ ...facts, code, message }),
    oncancelled: (phone) => visit.refuse({ code: 'cancelled_by_you', message: '', phone }),
  });
}

/** @returns {View} */
function over() {
  const { state } = visit;
  const code = state.refusal?.code ?? '';
  const extras = [
    ...rebooking(state, api),
    ...currentLink(state, api, byId('main'), (unknown) => visit.refuse({ code: unknown, message: '' })),
    ...(opensNothing(code) ? [] : [more({ over: true })]),
  ];
  return { element: refusalView(state, { again: () => join(), back: () => join({ move: true }), more: extras }) };
}

/** @type {Readonly<Record<Phase, () => View>>} */
const VIEWS = {
  ready: () => readyView(own, () => join(), more()),
  connecting: () => connectingView(own),
  early: () => earlyView(visit, api, () => join(), more({ times: false })),
  elsewhere: () => readyView(own, () => join(), more()),
  waiting: () => waitingView(visit, own),
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
  entitle(t('join.title'));
  if (phase === 'over' || phase === 'early') own.close();
  stayAwake(phase === 'waiting' || phase === 'letting_in' || phase === 'in_room');
  document.body.classList.toggle('in-call', phase === 'in_room');
  view = VIEWS[phase]();
  show(byId('main'), view.element);
  // The first view is read as the page is; taking the focus there would skip what comes before.
  if (before === null) document.body.focus();
  if (phase === 'elsewhere') askToMove({ move: () => join({ move: true }), stay: () => announce(t('join.intro')) });
}

document.body.prepend(banner.element);
if (!comeBack(visit, token)) changed();
else if (visit.state.phase === 'connecting') void own.open();
