// The hosted booking page (C2); and where a patient whose visit was cancelled chooses another time, by their own link (C6).

import { clinicIn } from '../lib/address.js';
import { Api } from '../lib/api.js';
import { HoldStore } from '../lib/hold-store.js';
import { OWN, pageOf } from '../lib/token.js';
import { byId } from '../ui/dom.js';
import { ownToken } from '../ui/own-token.js';
import { show, speak } from '../ui/page.js';
import { serverClock, timedFetch } from '../ui/server-clock.js';
import { storage } from '../ui/storage.js';
import { chooseView } from './choose.js';
import { comeBackToHold } from './come-back.js';
import { doneView } from './done.js';
import { heldView } from './held.js';
import { lostView } from './lost.js';
import { openingView, unknownView } from './moments.js';
import { openDesk } from './open.js';

/** @typedef {{ element: HTMLElement, close?: () => void }} View */
/** @typedef {import('./open.js').Desk} Desk */
/** @typedef {import('./open.js').Steps} Steps */

// Before anything else: a token leaves the address bar before the first request could carry it on (A4).
const byLink = pageOf(location.pathname) === OWN;
const token = byLink ? ownToken() : '';
const clinic = byLink ? '' : clinicIn(location.pathname);
speak();

/** @type {View} */
let view = { element: byId('main') };

/** @param {View} next */
function turnTo(next) {
  view.close?.();
  view = next;
  show(byId('main'), view.element);
}

/** @param {Desk} desk @returns {Steps} */
function stepsOf(desk) {
  /** @type {Steps} */
  const steps = {
    choose: () => turnTo(chooseView(desk, steps)),
    held: (hold) => turnTo(heldView(desk, hold, steps)),
    lost: (loss) => turnTo(lostView(desk, loss, steps)),
    booked: (booked) => turnTo(doneView(desk, booked, steps)),
    stopped: (moment) => turnTo(moment),
    again: () => void comeBackToHold(desk, steps),
  };
  return steps;
}

async function begin() {
  if (byLink && token === '') {
    turnTo(unknownView()); // cut short: there is nobody to ask for
    return;
  }
  turnTo(openingView());
  const at = {
    api: new Api(token, timedFetch),
    whose: byLink ? {} : { clinic },
    clock: serverClock,
    store: new HoldStore(storage, byLink ? token : clinic),
    known: byLink,
  };
  const desk = await openDesk(at, turnTo, () => void begin());
  if (desk !== null) await comeBackToHold(desk, stepsOf(desk));
}

void begin();
