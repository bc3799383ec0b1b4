// Meeting: who waits, the call, and back again. One view for each thing that can be happening.

import { askToMoveHere } from '../ui/elsewhere.js';
import { linkBanner } from '../ui/link-banner.js';
import { otherDevice } from '../ui/other-device.js';
import { ownDevices } from '../ui/own-devices.js';
import { announce, entitle, hush, show, t } from '../ui/page.js';
import { refusalView } from '../ui/refusal.js';
import { comeBackToVisit, startVisit } from '../ui/start-visit.js';
import { stayAwake } from '../ui/wake.js';
import { data } from '../ui/words.js';
import { Arrivals } from '../lib/arrivals.js';
import { h } from '../ui/dom.js';
import { roomView } from './room.js';
import { arrivalSound } from './sound.js';
import { connectingView, lobbyView, readyView } from './lobby.js';

/** @typedef {import('../lib/visit-state.js').State} State */
/** @typedef {import('../lib/visit-state.js').Phase} Phase */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {{ element: HTMLElement, update?: () => void, close?: () => void, note?: (text: Text) => void }} View */

/** @param {HTMLElement} place @param {string} token @param {import('../lib/api.js').Api} api @param {(state: State) => void} onstate */
export function meetingSection(place, token, api, onstate) {
  const banner = linkBanner();
  const holder = h('div', { class: 'holder' });
  place.append(banner.element, holder);
  /** @type {View} */
  let view = { element: holder };
  /** @type {Phase | null} */
  let shown = null;
  /** The room whose call is shown. @type {string | null} */
  let shownRoom = null;
  let steppingOut = false;
  const arrivals = new Arrivals();
  const sound = arrivalSound();

  const visit = startVisit(token, changed);
  const own = ownDevices((media) => { visit.show(media); view.update?.(); });

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
    lobby: () => lobbyView(visit, own, api, sound),
    in_room: () => roomView(visit, own, api, () => void stepOut()),
    over,
  };

  /** @returns {View} */
  function over() {
    if (visit.state.refusal?.code === 'left') return readyView(() => join(), t('meeting.closed'));
    const more = visit.state.refusal?.code === 'browser_unsupported' ? [otherDevice(api, { open: true })] : [];
    return { element: refusalView(visit.state, { again: () => join(), back: () => join({ move: true }), more, practice: true }) };
  }

  function changed() {
    const { state } = visit;
    banner.update(state);
    onstate(state);
    // Another room is another visit: nothing of the one before is kept in its view.
    if (state.phase === shown && (state.phase !== 'in_room' || state.room === shownRoom)) view.update?.();
    else turnTo(state);
    title(state);
    tellArrivals(state);
  }

  /** The tab says from anywhere how many wait. @param {State} state */
  function title({ phase, queue, more }) {
    if (phase === 'over' || phase === 'elsewhere') return; // with words of their own
    const name = phase === 'in_room' ? t('call.title') : t('meeting.heading');
    const waiting = queue.length + more;
    entitle(waiting === 0 ? name : data(`(${waiting}) ${name}`));
  }

  /** @param {State} state */
  function turnTo({ phase, refusal, room }) {
    if (phase === 'over' && refusal?.code === 'left' && steppingOut) {
      steppingOut = false;
      join();
      return;
    }
    const before = shown;
    shown = phase;
    shownRoom = room;
    view.close?.();
    // Devices that are let go of are no news to what was shown before, which would say that everybody has left.
    view = { element: holder };
    hush();
    if (phase === 'in_room') void own.open();
    else if (before === 'in_room' || phase === 'over') own.close();
    stayAwake(phase === 'in_room');
    document.body.classList.toggle('in-call', phase === 'in_room');
    view = views[phase]();
    show(holder, view.element);
    if (phase === 'elsewhere') askToMoveHere({ move: () => join({ move: true }), stay: () => announce(t('meeting.ready')) });
  }

  /** With a sound in the lobby; in a visit nothing is heard, and a line beside the people says it. @param {State} state */
  function tellArrivals({ queue, phase, link }) {
    if (link !== 'up') return;
    const news = arrivals.look(queue);
    for (const { name } of news) {
      announce(t('meeting.arrived', { name }));
      view.note?.(t('meeting.arrived', { name }));
    }
    if (news.length > 0 && phase === 'lobby') sound.ring();
  }

  if (!comeBackToVisit(visit, token)) changed();
}
