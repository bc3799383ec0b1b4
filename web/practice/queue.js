// Who waits now, across the day: name, appointment time, since when; Admit lets in exactly this one (D3, D4).

import { isFull } from '../lib/visit-state.js';
import { oneAtATime } from '../ui/act.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { testedWords } from '../ui/tested-words.js';
import { clinicClock, clockInBoth, counted, data } from '../ui/words.js';
import { commanded, refusalText } from './refused.js';

/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../lib/visit-state.js').State} State */
/** @typedef {import('../lib/frames.js').Waiter} Waiter */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {{ key: 'admit' | 'unlock' | 'join', why: Text | null, possible: boolean }} Offer what can be done with somebody, and what stands against it */

/** Milliseconds between looks at how long everybody has waited: shown in whole minutes. */
const TICK = 10_000;

/** @param {Visit} visit */
export function queueList(visit) {
  const list = h('ul', { class: 'queue' });
  const empty = h('p', { class: 'quiet' }, t('meeting.empty'));
  const more = h('p', { class: 'quiet', hidden: true });
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const element = h('section', { class: 'card', 'aria-labelledby': 'queue' }, h('h2', { id: 'queue' }, t('meeting.queue')), empty, list, more, trouble);
  const tried = oneAtATime(trouble, (error) => say(trouble, refusalText(problemOf(error))));
  const timer = setInterval(tick, TICK);
  let told = '';
  /** @type {(() => void)[]} */
  let ticking = [];

  /** @param {Waiter} waiter @param {Offer['key']} key */
  function act({ person, appointment, room }, key) {
    void tried(async () => {
      if (key === 'join') {
        await commanded(visit, 'enter', { room });
        return;
      }
      if (key === 'unlock') {
        // A lock belongs to whoever is in the room.
        if (visit.state.phase !== 'in_room' || visit.state.room !== room) await commanded(visit, 'enter', { room });
        await commanded(visit, 'lock', { on: false });
      }
      await commanded(visit, 'admit', { person, appointment });
    });
  }

  function tick() {
    for (const each of ticking) each();
  }

  function update() {
    const { queue } = visit.state;
    more.hidden = visit.state.more === 0;
    say(more, counted(visit.state.more, 'meeting.more.one', 'meeting.more.other'));
    const offers = queue.map((waiter) => offerOf(waiter, visit.state));
    const now = JSON.stringify([queue, offers]);
    if (now === told) return; // a list that is built anew loses the focus of whoever is about to press
    told = now;
    empty.hidden = queue.length > 0;
    const focused = document.activeElement?.id;
    const rows = queue.map((waiter, index) => row(waiter, /** @type {Offer} */ (offers[index]), visit, (key) => act(waiter, key)));
    ticking = rows.map((each) => each.tick);
    list.replaceChildren(...rows.map((each) => each.element));
    if (focused?.startsWith('admit-')) document.getElementById(focused)?.focus();
  }

  update();
  return { element, update, close: () => clearInterval(timer) };
}

/** @param {Waiter} waiter @param {State} state @returns {Offer} */
function offerOf({ room, handed_by: by, state: their }, state) {
  const inside = state.phase === 'in_room';
  const others = inside ? state.people.filter(({ role }) => role !== 'practitioner').map(({ name }) => name) : [];
  const here = inside && state.room === room;
  if (!here && others.length > 0) return { key: 'admit', why: t('meeting.busyWith', { name: data(others.join(', ')) }), possible: false };
  if (here && isFull(state)) return { key: 'admit', why: t('refused.room_full'), possible: false };
  // Whoever was handed over and waits is admitted like everybody.
  if (their === 'in_room') return { key: 'join', why: t('hand.by', { name: data(by ?? '') }), possible: true };
  if (state.locked.includes(room)) return { key: 'unlock', why: t('meeting.isLocked'), possible: true };
  return { key: 'admit', why: here ? t('meeting.thisRoom') : null, possible: true };
}

/** @param {Waiter} waiter @param {Offer} offer @param {Visit} visit @param {(key: Offer['key']) => void} act */
function row(waiter, { key, why, possible }, { clock, state: { timeZone: zone } }, act) {
  const time = clinicClock(waiter.starts_at, zone);
  const words = { admit: t('meeting.admitWho', { name: waiter.name, time }), unlock: t('meeting.unlockWho', { name: waiter.name, time }), join: t('hand.join', { name: waiter.name, time }) };
  const id = `admit-${waiter.sid}`;
  const reason = h('p', { class: 'why', id: `why-${waiter.sid}` }, why ?? data(''));
  const button = h('button', { type: 'button', class: 'primary', id, 'aria-describedby': `why-${waiter.sid}`, onclick: () => act(key) }, words[key]);
  const waited = h('p', { class: 'waited' });
  button.disabled = !possible;
  reason.hidden = why === null;
  const tick = () => say(waited, waitedWords(clock.now() - Date.parse(waiter.waiting_since)));
  tick();
  const element = h('li', {},
    h('div', {}, h('p', { class: 'who' }, data(waiter.name)), h('p', { class: 'quiet' }, facts(waiter, zone)), waited, reason), button);
  return { element, tick };
}

/** @param {number} waited milliseconds */
function waitedWords(waited) {
  const minutes = Math.floor(waited / 60_000);
  return minutes < 1 ? t('meeting.justCame') : counted(minutes, 'meeting.waited.one', 'meeting.waited.other');
}

/** @param {Waiter} waiter @param {string | null} zone the clinic's */
function facts(waiter, zone) {
  const parts = [
    t('meeting.appointment', { time: clockInBoth(waiter.starts_at, zone) }),
    ...(waiter.role === 'guest' ? [t('meeting.guestOf', { name: waiter.guest_of ?? '' })] : []),
    t('meeting.since', { time: clinicClock(waiter.waiting_since, zone) }),
    ...testedWords(waiter.check),
    ...(waiter.online ? [] : [t('meeting.offline')]),
  ];
  return data(parts.join(' · '));
}
