// Made-up people and a visit that goes nowhere, for the page of components.

import { Api } from '../lib/api.js';
import { ServerClock } from '../lib/server-clock.js';
import { ChatLog } from '../lib/chat-log.js';
import { READY } from '../lib/visit-state.js';

/** @typedef {import('../lib/visit-state.js').State} State */

/** Never answers: nothing leaves this page. */
export const api = new Api('', () => new Promise(() => {}));

const NOW = Date.now();
/** @param {number} minutes from now */
export const at = (minutes) => new Date(NOW + minutes * 60_000).toISOString();

/** @param {Partial<State>} facts @returns {import('../lib/visit.js').Visit} only what views read of one */
export function visitIn(facts) {
  const nothing = () => Promise.resolve({ type: 'error', code: 'forbidden', message: '' });
  const state = { ...READY, name: 'Sam Lee', practitioner: 'Dr Ada Okafor', timeZone: 'Pacific/Auckland', startsAt: at(10), phone: '+49 30 1234567', ...facts };
  return /** @type {any} */ ({ state, clock: new ServerClock(), chat: chatOf(facts.people ?? []), streams: new Map(), media: new Map(), watch: { grades: new Map(), own: undefined }, command: nothing, leave: nothing, enter() {}, show() {} });
}

/** A few lines, of everybody. @param {State['people']} people */
function chatOf(people) {
  const chat = new ChatLog({ send: () => Promise.resolve({ type: 'ack' }), now: Date.now, onchange() {} });
  for (const { sid } of people) chat.receive({ type: 'chat', from: sid, text: '12.5 mg', at: at(-1) }, people);
  if (people.length > 0) chat.say('OK');
  return chat;
}

/** @param {{ failures?: import('../lib/media.js').Devices['failures'], on?: boolean, muted?: boolean, soundOnly?: boolean }} [how] @returns {import('../lib/own-media.js').OwnMedia} */
export function ownMedia({ failures = {}, on = false, muted = false, soundOnly = false } = {}) {
  const track = (/** @type {string} */ kind) => (on ? silent(kind) : undefined);
  const nothing = () => Promise.resolve();
  const [audio, video] = [track('audio'), soundOnly ? undefined : track('video')];
  const source = { getDisplayMedia: nothing };
  return /** @type {any} */ ({
    options: { source }, audio, video, picture: video, mirrored: true, soundOnly, failures, muted,
    open: nothing, again: nothing, close() {}, mute() {}, turnCamera: nothing, turnSoundOnly: nothing, share: nothing, unshare() {}, choose: nothing,
  });
}

/** A track of the page's own making: no device is opened. @param {string} kind */
function silent(kind) {
  const source = kind === 'video' ? picture() : new AudioContext().createMediaStreamDestination().stream;
  return source.getTracks()[0];
}

/** Somebody in front of a wall; drawn again and again, since a stream has frames only when something is drawn. */
function picture() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
  const drawing = canvas.getContext('2d');
  const draw = () => {
    for (const [colour, x, y, radius] of /** @type {const} */ ([['#8fb3b0', 160, 120, 300], ['#33443f', 160, 260, 100], ['#e2c4a8', 160, 110, 55]])) {
      drawing?.beginPath();
      if (drawing) drawing.fillStyle = colour;
      drawing?.arc(x, y, radius, 0, 2 * Math.PI);
      drawing?.fill();
    }
  };
  setInterval(draw, 1_000);
  draw();
  return canvas.captureStream(2);
}
