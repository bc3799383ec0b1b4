// The waiting room: where one stands, whether the practitioner is here, and that it changes by itself (D5).

import { h, say } from '../ui/dom.js';
import { deviceButtons } from '../ui/controls.js';
import { entitle, t } from '../ui/page.js';
import { preview } from '../ui/preview.js';
import { phoneLink } from '../ui/refusal.js';
import { clock, data, inBothZones } from '../ui/words.js';

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

  function update() {
    const { state } = visit;
    say(intro, t(state.sentBack ? 'waiting.sentBack' : 'waiting.intro', { practitioner: practitionerOf(state) }));
    look.update();
    buttons.update();
    const lines = placeLines(state);
    const now = JSON.stringify([lines, state.place?.phone]);
    if (now === told) return;
    told = now;
    news.replaceChildren(...lines.map((line) => h('p', {}, line)));
    showPhone(state);
  }

  /** @param {State} state */
  function showPhone({ place }) {
    phone.hidden = place?.phone === null || place === null;
    if (place?.phone) phone.replaceChildren(t('waiting.phone'), data(' '), phoneLink(place.phone));
  }

  update();
  return { element, update, close: look.close };
}

/** @param {State} state */
function practitionerOf({ practitioner }) {
  return practitioner === '' ? t('waiting.clinic') : data(practitioner);
}

/** What to know, most pressing first. @param {State} state */
function placeLines(state) {
  const { place, startsAt } = state;
  const practitioner = practitionerOf(state);
  const times = startsAt === null ? [] : inBothZones(startsAt, state.timeZone).map((when) => t('waiting.time', { when }));
  if (place === null) return times;
  return [
    place.position === 1 ? t('waiting.next') : t('waiting.position', { position: place.position }),
    place.practitionerHere ? t('waiting.here', { practitioner }) : t('waiting.notHere', { practitioner }),
    ...(place.lateUntil === null ? [] : [t('waiting.late', { practitioner, time: clock(place.lateUntil) })]),
    ...times,
  ];
}
