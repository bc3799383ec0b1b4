// The messages themselves: whose, when, and what became of one's own. What is new is added, so that a reader keeps their place.

import { h, say } from './dom.js';
import { t } from './page.js';
import { clinicClock, clock, data } from './words.js';

/** @typedef {import('../lib/chat-log.js').Line} Line */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** Pixels from the end within which somebody reads along. */
const NEAR_END = 80;

/** @param {import('../lib/visit.js').Visit} visit */
export function chatLines(visit) {
  const list = h('ol', { class: 'chat-lines', 'aria-label': t('chat.lines'), tabindex: '0' });
  /** @type {Map<number, ReturnType<typeof lineView>>} */
  const views = new Map();

  function toEnd() {
    list.scrollTop = list.scrollHeight;
  }

  function update() {
    const { chat, state } = visit;
    const readsAlong = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
    for (const line of chat.lines) {
      if (!views.has(line.id)) add(line);
      views.get(line.id)?.update(line, state.link === 'up');
    }
    for (const [id, view] of views) {
      if (chat.lines.some((line) => line.id === id)) continue;
      view.element.remove();
      views.delete(id);
    }
    if (readsAlong) toEnd();
  }

  /** @param {Line} line */
  function add(line) {
    const view = lineView(line, clockOf(visit.state), () => visit.chat.again(line.id));
    views.set(line.id, view);
    list.append(view.element);
  }

  return { element: list, update, toEnd };
}

/** Those who work at the clinic go by its clock, everybody else by their own. @param {import('../lib/visit-state.js').State} state @returns {(instant: string | number) => Text} */
function clockOf({ role, timeZone }) {
  return role === 'practitioner' ? (instant) => clinicClock(instant, timeZone) : clock;
}

/** @param {Line} line @param {(instant: string | number) => Text} clockWords @param {() => void} again */
function lineView({ name, text, at }, clockWords, again) {
  const news = h('span', { role: 'status' });
  const retry = h('button', { type: 'button', class: 'chat-again', hidden: true, onclick: again }, t('chat.again'));
  const who = name === null ? t('chat.you') : name === '' ? t('chat.somebody') : data(name);
  const element = h('li', { class: name === null ? 'mine' : '' },
    h('p', { class: 'chat-who' }, who, data(' · '), clockWords(at)),
    h('p', { class: 'chat-text' }, data(text)),
    h('p', { class: 'chat-progress' }, news, retry));

  /** @param {Line} line @param {boolean} linked */
  function update({ progress }, linked) {
    say(news, wordsFor(progress, linked));
    retry.hidden = progress !== 'unsent';
  }

  return { element, update };
}

/** @param {Line['progress']} progress @param {boolean} linked @returns {Text | ''} */
function wordsFor(progress, linked) {
  if (progress === 'unsent') return t('chat.unsent');
  if (progress === 'sent') return '';
  return linked ? t('chat.sending') : t('chat.later');
}
