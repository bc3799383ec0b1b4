// The call: everybody's picture, one's own, who is here, the controls. Used by the patient's page and the practitioner's.

import { connectionAdvice } from './connection-words.js';
import { deviceButtons } from './controls.js';
import { sayInstead } from './device-choice.js';
import { h, say } from './dom.js';
import { failureTrouble } from './failures.js';
import { ownTile } from './own-tile.js';
import { t } from './page.js';
import { peopleList } from './people.js';
import { settingsButton } from './settings.js';
import { shareButton, shareNews } from './share.js';
import { tile } from './tile.js';

/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */
/** @typedef {import('../lib/i18n.js').Text} Text */

/**
 * @param {OwnMedia} own
 * @param {object} options
 * @param {Text} options.heading
 * @param {(state: import('../lib/visit-state.js').State) => Text} options.alone what is said while nobody else is here
 * @param {HTMLElement[]} options.actions this page's own buttons, such as Leave
 * @param {HTMLElement} options.panel beside the pictures: the chat
 * @returns {{ element: HTMLElement, update: (visit: Visit) => void, close: () => void, note: (text: Text) => void }} `note`: shows a line of news for a while
 */
export function callView(own, { heading, alone, actions, panel }) {
  /** @type {Map<string, ReturnType<typeof tile>>} */
  const tiles = new Map();
  const people = peopleList();
  const mine = ownTile(own);
  const buttons = deviceButtons(own);
  const share = shareButton(own);
  const settings = settingsButton(own, { call: true });
  const advice = connectionAdvice(own);
  const sharing = shareNews();
  const stage = h('div', { class: 'stage' });
  const nobody = h('p', { class: 'nobody', role: 'status' });
  const sound = h('button', { type: 'button', class: 'primary sound', hidden: true, onclick: () => playAll() }, t('call.sound'));
  const trouble = h('div', { class: 'call-trouble', role: 'status' });
  const instead = h('p', { class: 'notice instead', role: 'status' });
  const controls = h('div', { class: 'controls', role: 'group', 'aria-label': t('call.controls') }, buttons.mic, buttons.cam, share.element, settings.element, ...actions);
  const element = h('section', { class: 'call' },
    h('header', { class: 'call-head' }, h('h1', {}, heading), people.element),
    h('div', { class: 'screen' }, stage, nobody, mine.element, sound, panel), h('div', { class: 'call-news' }, advice.element, trouble, instead), controls);

  function playAll() {
    sound.hidden = true;
    for (const { video } of tiles.values()) void video.play();
  }

  /** @param {string} sid */
  function tileOf(sid) {
    const made = tiles.get(sid) ?? tile(() => { sound.hidden = false; });
    if (!tiles.has(sid)) stage.append(made.element);
    tiles.set(sid, made);
    return made;
  }

  /** @param {Visit} visit */
  function showPeople({ state, streams, media, watch }) {
    const { grades } = watch;
    for (const person of state.people) {
      const { sid } = person;
      tileOf(sid).update(person, { stream: streams.get(sid), media: media.get(sid), grade: grades.get(sid), soundOnly: own.soundOnly });
    }
    for (const [sid, gone] of tiles) {
      if (state.people.some((person) => person.sid === sid)) continue;
      gone.element.remove();
      tiles.delete(sid);
    }
    stage.dataset['count'] = String(state.people.length);
    stage.classList.toggle('shared', state.people.some(({ screen }) => screen === true));
    sharing(state.people);
    nobody.hidden = state.people.length > 0;
    say(nobody, state.people.length > 0 ? '' : alone(state));
  }

  let failures = '';
  /** @param {Visit} visit */
  function update(visit) {
    showPeople(visit);
    people.update(visit.state);
    mine.update();
    for (const part of [buttons, share, settings]) part.update();
    advice.update(visit);
    sayInstead(instead, own);
    if (failures === JSON.stringify(own.failures)) return;
    failures = JSON.stringify(own.failures);
    trouble.replaceChildren(...failureTrouble(own));
  }

  return { element, update, close: settings.close, note: people.note };
}
