// Everybody present, by name, always (D8); comings and goings are said aloud.

import { h } from './dom.js';
import { announce, t } from './page.js';
import { data } from './words.js';

/** @typedef {import('../lib/visit-state.js').State} State */

export function peopleList() {
  const list = h('ul', { class: 'people', 'aria-label': t('call.present') });
  /** @type {Map<string, string> | null} */
  let before = null;

  /** @param {State} state */
  function update({ people, name }) {
    const now = new Map(people.map((person) => [person.sid, person.name]));
    if (before !== null && sameAs(before, now)) return;
    if (before !== null) tell(before, now);
    before = now;
    const me = name === '' ? t('call.youOnly') : t('call.you', { name });
    list.replaceChildren(h('li', {}, me), ...people.map((person) => h('li', {}, data(person.name))));
  }

  return { element: list, update };
}

/** @param {Map<string, string>} before @param {Map<string, string>} now */
function tell(before, now) {
  for (const [sid, name] of now) if (!before.has(sid)) announce(t('call.joined', { name }));
  for (const [sid, name] of before) if (!now.has(sid)) announce(t('call.left', { name }));
}

/** @param {Map<string, string>} one @param {Map<string, string>} other */
function sameAs(one, other) {
  return one.size === other.size && [...one].every(([sid, name]) => other.get(sid) === name);
}
