// The page behind the bookmarkable address (A8). The address is no key, so it stays in the address bar; a code, or a
// remembered device, opens it.

import { addressIn } from '../lib/address.js';
import { Api } from '../lib/api.js';
import { openByDevice } from '../lib/calls/address.js';
import { Devices } from '../lib/devices.js';
import { byId } from '../ui/dom.js';
import { show, speak, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { serverClock, timedFetch } from '../ui/server-clock.js';
import { lasting } from '../ui/storage.js';
import { askView } from './ask.js';
import { codeView } from './code.js';
import { incompleteView, oneMomentView, troubleView } from './moments.js';
import { visitsView } from './visits.js';

/** @typedef {import('../lib/shown.js').Opened} Opened */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {{ element: HTMLElement, close?: () => void }} View */

speak();

const api = new Api('', timedFetch);
const address = addressIn(location);
// Whoever bookmarks this page keeps the address as it should be.
if (address !== '' && location.hash !== `#${address}`) history.replaceState(null, '', `/a#${address}`);
const devices = new Devices(lasting, () => serverClock.now());
/** @type {View} */
let view = { element: byId('main') };

/** @param {View} next */
function turnTo(next) {
  view.close?.();
  view = next;
  show(byId('main'), view.element);
}

/** @param {Text | null} news */
function begin(news) {
  turnTo(askView({ api, address, news, oncode: (sent) => turnTo(codeView({ api, address, sent, onopened: opened, onincomplete: incomplete })), onincomplete: incomplete }));
}

function incomplete() {
  turnTo(incompleteView());
}

/** @param {Opened} what */
function opened(what) {
  serverClock.hear(what.server_time);
  if (what.device !== null && what.device_expires_at !== null) devices.keep(address, what.device, what.device_expires_at);
  const link = what.role === 'practitioner' ? what.link : what.current?.is_open === true ? what.current.link : null;
  if (link) {
    turnTo(oneMomentView(t('address.going')));
    location.replace(link);
  } else {
    turnTo(visitsView({ api, address, opened: what, clock: serverClock, remembered: devices.get(address), onforgotten: forgotten }));
  }
}

function forgotten() {
  devices.forget(address);
  begin(t('address.forgotten'));
}

/** @param {string} device */
async function comeBack(device) {
  turnTo(oneMomentView(t('address.opening')));
  try {
    opened(await openByDevice(api, address, device));
  } catch (error) {
    refused(problemOf(error), device);
  }
}

/** @param {import('../lib/api.js').ApiProblem} problem @param {string} device */
function refused(problem, device) {
  if (problem.code === 'device_unknown') {
    devices.forget(address);
    begin(t('address.stale'));
  } else if (problem.code === 'address_invalid') {
    incomplete();
  } else {
    turnTo(troubleView(problem, () => void comeBack(device)));
  }
}

// Another address in the same tab is another page.
window.addEventListener('hashchange', () => location.reload());
const known = devices.get(address);
if (address === '') incomplete();
else if (known === null) begin(null);
else void comeBack(known.device);
