// Meeting: who waits, the call, and back again. One view for each thing that can be happening.

import { Api } from '../lib/api.js';
import { OwnMedia } from '../lib/own-media.js';
import { askToMove } from '../ui/elsewhere.js';
import { linkBanner } from '../ui/link-banner.js';
import { otherDevice } from '../ui/other-device.js';
import { announce, entitle, show, t } from '../ui/page.js';
import { followPermissions } from '../ui/permissions.js';
import { refusalView } from '../ui/refusal.js';
import { comeBack, startVisit } from '../ui/start-visit.js';
import { stayAwake } from '../ui/wake.js';
import { h } from '../ui/dom.js';
import { roomView } from './room.js';
import { connectingView, lobbyView, readyView } from './lobby.js';
import { lastRoom } from './last-room.js';

/** @typedef {import('../lib/visit-state.js').State} State */
/** @typedef {import('../lib/visit-state.js').Phase} Phase */
/** @typedef {{ element: HTMLElement, update?: () => void, close?: () => void }} View */

/** @param {HTMLElement} place @param {string} token @param {(state: State) => void} onstate */
export function meetingSection(place, token, onstate) {
  const banner = linkBanner();
  const holder = h('div', { class: 'holder' });
  place.append(banner.element, holder);
  /** @type {View} */
  let view = { element: holder };
  /** @type {Phase | null} */
  let shown = null;
  let steppingOut = false;
  /** Who was already announced as waiting. @type {Set<string>} */
  let known = new Set();

  const visit = startVisit(token, changed);
  const own = new OwnMedia({ source: navigator.mediaDevices, onchange: (media) => { visit.show(media); view.update?.(); } });
  followPermissions(own);

  const join = (/** @type {{ move?: boolean } | undefined} */ how = undefined) => visit.join(how);

  async function stepOut() {
    steppingOut = true;
    await visit.leave();
  }

  /** @type {Readonly<Record<Phase, () => View>>} */
  const views = {
    ready: () => readyView(() => join(), null),
    connecting: connectingView,
    early: over, // no practitioner's link of a day is early; one of an appointment is
    elsewhere: () => readyView(() => join(), null),
    waiting: connectingView,
    letting_in: connectingView,
    lobby: () => lobbyView(visit, own),
    in_room: () => roomView(visit, own, () => void stepOut()),
    over,
  };

  /** @returns {View} */
  function over() {
    if (visit.state.refusal?.code === 'left') return readyView(() => join(), t('meeting.closed'));
    const more = visit.state.refusal?.code === 'browser_unsupported' ? [otherDevice(new Api(token, fetch.bind(window)), { open: true })] : [];
    return { element: refusalView(visit.state, { again: () => join(), back: () => join({ move: true }), more }) };
  }

  function changed() {
    const { state } = visit;
    banner.update(state);
    onstate(state);
    tellArrivals(state);
    if (state.phase === shown) view.update?.();
    else turnTo(state);
  }

  /** @param {State} state */
  function turnTo({ phase, refusal }) {
    if (phase === 'over' && refusal?.code === 'left' && steppingOut) {
      steppingOut = false;
      join();
      return;
    }
    const before = shown;
    shown = phase;
    view.close?.();
    entitle(phase === 'in_room' ? t('call.title') : t('meeting.heading'));
    if (phase === 'in_room') void own.open();
    else if (before === 'in_room' || phase === 'over') own.close();
    if (phase === 'in_room') lastRoom.keep(visit.state);
    stayAwake(phase === 'in_room');
    document.body.classList.toggle('in-call', phase === 'in_room');
    view = views[phase]();
    show(holder, view.element);
    if (phase === 'elsewhere') askToMove({ move: () => join({ move: true }), stay: () => announce(t('meeting.ready')) });
  }

  /** @param {State} state */
  function tellArrivals({ queue }) {
    for (const { sid, name } of queue) if (!known.has(sid)) announce(t('meeting.arrived', { name }));
    known = new Set(queue.map(({ sid }) => sid));
  }

  if (!comeBack(visit, token)) changed();
}
