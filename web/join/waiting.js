// The waiting room: where one stands, whether the practitioner is here, and that it changes by itself (D5).

import { h, say } from '../ui/dom.js';
import { deviceButtons } from '../ui/controls.js';
import { entitle, t } from '../ui/page.js';
import { preview } from '../ui/preview.js';
import { phoneLink } from '../ui/refusal.js';
import { clockInBoth, data, inBothZones } from '../ui/words.js';

/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../lib/visit-state.js').State} State */

/** @param {Visit} visit @param {import('../lib/own-media.js').OwnMedia} own @param {HTMLElement} test @param {HTMLElement} more */
export function waitingView(visit, own, test, more) {
  entitle(t('waiting.title'));
  const look = preview(own, { closable: false });
  const buttons = deviceButtons(own);
  const news = h('div', { class: 'card place', role: 'status' });
  const phone = h('p', { class: 'notice', role: 'status', hidden: true });
  const leave = h('button', { type: 'button', class: 'secondary', id: 'leave', onclick: () => void visit.leave() }, t('waiting.leave'));
  const intro = h('p', {});
  const element = h('div', { class: 'column' },
    h('h1', {}, t('waiting.heading')), intro, news, phone, h('p', { class: 'quiet' }, t('waiting.itself')), h('p', { class: 'quiet' }, t('waiting.keep')),
    look.element, h('div', { class: 'controls' }, buttons.mic, buttons.cam), test,
    h('p', {}, leave), h('p', { class: 'quiet' }, t('waiting.leaveHint')), more);
  let told = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function update() {
    const { state } = visit;
    say(intro, t(state.sentBack ? 'waiting.sentBack' : 'waiting.intro', { practitioner: practitionerOf(state) }));
    look.update();
    buttons.update();
    const lines = placeLines(state, visit.clock.now());
    untilThen(state);
    const now = JSON.stringify([lines, state.place?.phone]);
    if (now === told) return;
    told = now;
    news.replaceChildren(...lines.map((line) => h('p', {}, line)));
    showPhone(state);
  }

  /** "Running late until 14:10" is not said at 14:11. @param {State} state */
  function untilThen({ place }) {
    clearTimeout(timer);
    const rest = Date.parse(place?.lateUntil ?? '') - visit.clock.now();
    if (rest > 0) timer = setTimeout(update, rest);
  }

  /** @param {State} state */
  function showPhone({ place }) {
    phone.hidden = place?.phone === null || place === null;
    phone.replaceChildren(...(place?.phone ? [t('waiting.phone'), data(' '), phoneLink(place.phone)] : []));
  }

  update();
  function close() {
    clearTimeout(timer);
    look.close();
  }

  return { element, update, close };
}

/** @param {State} state */
function practitionerOf({ practitioner }) {
  return practitioner === '' ? t('waiting.clinic') : data(practitioner);
}

/** What to know, most pressing first. @param {State} state @param {number} now milliseconds */
function placeLines(state, now) {
  const { place, startsAt } = state;
  const practitioner = practitionerOf(state);
  const times = startsAt === null ? [] : inBothZones(startsAt, state.timeZone).map((when) => t('waiting.time', { when }));
  if (place === null) return times;
  return [
    place.position === 1 ? t('waiting.next') : t('waiting.position', { position: place.position }),
    place.practitionerHere ? t('waiting.here', { practitioner }) : t('waiting.notHere', { practitioner }),
    ...(place.lateUntil === null || Date.parse(place.lateUntil) <= now ? [] : [t('waiting.late', { practitioner, time: clockInBoth(place.lateUntil, state.timeZone) })]),
    ...times,
  ];
}
