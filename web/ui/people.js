// Everybody present, by name, always (D8); comings and goings are said aloud, and shown for a while.

import { h, say } from './dom.js';
import { announce, t } from './page.js';
import { data } from './words.js';

/** @typedef {import('../lib/visit-state.js').State} State */
/** @typedef {import('../lib/visit-state.js').Present} Present */
/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** Milliseconds that a line of news is shown: long enough to look up from a conversation. */
const SHOWN = 12_000;

/** Ways to go that are worth other words than "has left". */
const KNOWN = ['gone', 'removed', 'sent_back'];

export function peopleList() {
  const list = h('ul', { class: 'people', 'aria-label': t('call.present') });
  const news = h('p', { class: 'comings', hidden: true });
  const element = h('div', { class: 'present' }, list, news);
  /** @type {readonly Present[] | null} */
  let before = null;
  let listed = '';
  /** What stays to be said. @type {Text | ''} */
  let lasting = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {State} state */
  function update(state) {
    if (before !== null) for (const text of changes(before, state)) tell(text);
    before = state.people;
    fill(state);
    stay(state.reassigned && state.people.length > 0 ? takingOver(state) : '');
  }

  /** @param {State} state */
  function fill({ people, name }) {
    const lines = [name === '' ? t('call.youOnly') : t('call.you', { name }), ...people.map(wordsFor)];
    if (listed === JSON.stringify(lines)) return;
    listed = JSON.stringify(lines);
    list.replaceChildren(...lines.map((line) => h('li', {}, line)));
  }

  /** @param {Text} text */
  function tell(text) {
    announce(text);
    note(text);
  }

  /** Shows a line of news beside the people, for whoever looks. @param {Text} text */
  function note(text) {
    clearTimeout(timer);
    write(lasting === '' ? text : data(`${lasting} ${text}`));
    timer = setTimeout(() => write(lasting), SHOWN);
  }

  /** @param {Text | ''} text */
  function stay(text) {
    if (text === lasting) return;
    lasting = text;
    if (text !== '') announce(text);
    clearTimeout(timer);
    write(text);
  }

  /** @param {Text | ''} text */
  function write(text) {
    news.hidden = text === '';
    say(news, text);
  }

  return { element, update, note };
}

/** The visit was handed over, and whoever takes it is not here yet (D3). @param {State} state */
export function takingOver({ practitioner }) {
  return t('call.takingOver', { practitioner: practitioner === '' ? t('call.colleague') : data(practitioner) });
}

/** @param {Present} person */
function wordsFor({ name, online }) {
  return online === false ? t('call.listedAway', { name: data(name) }) : data(name);
}

/** What to say of one list after another. @param {readonly Present[]} before @param {State} state @returns {Text[]} */
function changes(before, { people, gone }) {
  const was = (/** @type {Present} */ { sid }) => before.find((each) => each.sid === sid);
  const same = (/** @type {readonly Present[]} */ list, /** @type {Present} */ { person }) => list.some((each) => each.person === person);
  const texts = people.flatMap((person) => {
    const old = was(person);
    if (old !== undefined) return ofPresence(old, person);
    if (gone?.why === 'moved' && gone.person === person.person) return [t('call.newDevice', { name: data(person.name) })];
    return same(before, person) ? [] : [t('call.joined', { name: data(person.name) })];
  });
  const left = before.filter(({ sid }) => !people.some((each) => each.sid === sid)).filter((person) => !same(people, person));
  return [...texts, ...left.flatMap(({ sid, name }) => goneWords(name, gone?.sid === sid ? gone.why : 'left'))];
}

/** @param {Present} old @param {Present} now */
function ofPresence(old, now) {
  if (old.online === now.online || now.online === undefined) return [];
  if (now.online) return old.online === false ? [t('call.back', { name: data(now.name) })] : [];
  return [t('call.away', { name: data(now.name) })];
}

/** @param {string} name @param {string} why */
function goneWords(name, why) {
  if (why === 'moved') return []; // the newer device follows
  return [KNOWN.includes(why) ? t(/** @type {Key} */ (`call.gone.${why}`), { name: data(name) }) : t('call.left', { name: data(name) })];
}
