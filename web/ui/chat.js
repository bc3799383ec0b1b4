// Chat in the call: a button with what is unread, and a panel beside the pictures, over them on a phone.

import { LONGEST_TEXT, length } from '../lib/chat-log.js';
import { chatLines } from './chat-lines.js';
import { h, say } from './dom.js';
import { announce, t } from './page.js';
import { data } from './words.js';

/** Characters left from which on they are counted aloud on the page. */
const NEAR = 200;

/** Characters of a message that a screen reader is told at once; the rest is in the panel. */
const SAID = 300;

/** @param {import('../lib/visit.js').Visit} visit */
export function chatPanel(visit) {
  const { chat } = visit;
  const lines = chatLines(visit);
  const badge = h('span', { class: 'badge', hidden: true });
  const button = h('button', { type: 'button', class: 'control', id: 'chat', onclick: () => (panel.hidden ? open() : close()) },
    h('span', { class: 'icon icon-chat', 'aria-hidden': 'true' }), h('span', {}, t('chat.name')), badge);
  const heading = h('h2', { id: 'chat-heading' }, t('chat.name'));
  const field = h('textarea', { id: 'chat-text', rows: '2', maxlength: String(LONGEST_TEXT), 'aria-describedby': 'chat-left chat-note', oninput: count, onfocus: () => chat.read() });
  const left = h('p', { id: 'chat-left', class: 'chat-left' });
  const send = h('button', { type: 'submit', class: 'primary' }, t('chat.send'));
  const note = h('p', { id: 'chat-note', class: 'chat-note' });
  const form = h('form', { onsubmit: submit }, h('label', { for: 'chat-text' }, t('chat.label')), field, left, note, send);
  const panel = h('section', { class: 'chat', id: 'chat-panel', hidden: true, 'aria-labelledby': 'chat-heading' },
    h('header', {}, heading, h('button', { type: 'button', class: 'chat-close', id: 'chat-close', onclick: close }, t('chat.close'))),
    lines.element, form);
  heading.tabIndex = -1;
  button.setAttribute('aria-controls', 'chat-panel');
  button.setAttribute('aria-expanded', 'false');
  let told = 0;

  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
  });
  field.addEventListener('keydown', (event) => {
    // While a word is being composed, Enter chooses it.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  });

  function open() {
    // Whoever has something to read reads it first: a phone's keyboard would cover it.
    const target = chat.unread > 0 ? heading : field;
    turn(true);
    chat.read();
    target.focus();
    lines.toEnd();
  }

  function close() {
    turn(false);
    button.focus();
  }

  /** @param {boolean} on */
  function turn(on) {
    panel.hidden = !on;
    button.setAttribute('aria-expanded', String(on));
  }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    if (visit.state.people.length === 0 || !chat.say(field.value)) return;
    field.value = '';
    count();
    field.focus();
    lines.toEnd();
  }

  function count() {
    const rest = LONGEST_TEXT - length(field.value);
    say(left, rest <= NEAR ? t('chat.left', { count: rest }) : '');
  }

  function tell() {
    for (const { id, name, text } of chat.lines) {
      if (id > told && name !== null) announce(t('chat.told', { name: data(name), text: data(text.slice(0, SAID)) }));
    }
    told = Math.max(told, ...chat.lines.map(({ id }) => id));
  }

  function update() {
    const alone = visit.state.people.length === 0;
    lines.update();
    tell();
    if (!panel.hidden && document.visibilityState === 'visible') chat.read();
    badge.hidden = chat.unread === 0;
    say(badge, chat.unread === 0 ? '' : t('chat.unread', { count: chat.unread }));
    send.disabled = alone;
    say(note, alone ? t('chat.alone') : t('chat.note'));
  }

  update();
  return { button, element: panel, update };
}
