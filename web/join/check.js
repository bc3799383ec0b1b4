// The test of camera, microphone, speaker and connection (E4): step by step, the result to the practitioner, and back to where one was.

import { complaints, isAllGood, untested } from '../lib/check-found.js';
import { CheckLine, CheckRefused } from '../lib/check-line.js';
import { socketUrl } from '../lib/token.js';
import { h, say } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';
import { data } from '../ui/words.js';
import { connectionStep } from './check-connection.js';
import { cameraStep, microphoneStep, speakerStep } from './check-devices.js';

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */
/** @typedef {import('../lib/check-found.js').Found} Found */
/** @typedef {import('../lib/i18n.js').Key} Key */

/** Milliseconds after a finding until the result is sent, so that several go together. */
const GATHER = 700;

/**
 * @param {OwnMedia} own
 * @param {string} token
 * @param {{ back: () => void, onrefused: (refusal: import('../lib/frames.js').Refusal, close: number) => void }} act
 */
export function checkView(own, token, { back, onrefused }) {
  entitle(t('check.title'));
  const line = new CheckLine({ url: socketUrl(location.origin, token), token, Socket: WebSocket });
  /** @type {Found} */
  let found = {};
  /** @type {{ element: HTMLElement, update?: () => void, close: () => void }[]} */
  let steps = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let sending;
  let [opened, measured, shown] = [false, false, ''];
  const start = h('button', { type: 'button', class: 'primary large', id: 'start', onclick: () => void begin() }, t('check.start'));
  const list = h('div', { class: 'check-steps' });
  const verdict = h('p', {});
  const sent = h('p', { class: 'quiet' });
  const result = h('div', { class: 'card result', role: 'status', hidden: true }, verdict, sent);
  const leave = h('button', { type: 'button', class: 'secondary', id: 'back', onclick: back }, t('check.back'));
  const buttons = h('div', { class: 'buttons' }, leave);
  const element = h('div', { class: 'column check' },
    h('h1', {}, t('check.heading')), h('p', {}, t('check.intro')), start, list, result, buttons);

  async function begin() {
    stop();
    [found, opened, measured, shown, result.hidden] = [{}, false, false, '', true];
    const camera = cameraStep(own, tell);
    const microphone = microphoneStep(own, tell);
    const connection = connectionStep(line, (more) => { measured = true; tell(more); }, (error) => onrefused(error.refusal, error.close));
    steps = [camera, microphone, speakerStep(tell), connection];
    list.replaceChildren(...steps.map((one) => one.element));
    say(start, t('device.again'));
    start.className = 'secondary';
    buttons.prepend(start);
    focusOn(camera.element);
    const mine = steps;
    await open();
    if (steps !== mine) return; // left, or begun anew, meanwhile
    opened = true;
    update();
    await connection.run([own.audio, own.video].filter((track) => track !== undefined));
  }

  /** What failed before is asked for anew; a camera that was switched off is wanted now. */
  async function open() {
    if (own.failures.audio !== undefined || own.failures.video !== undefined) own.close();
    await own.open();
    if (own.video === undefined && own.failures.video === undefined) await own.turnCamera(false);
  }

  /** The devices as they are now; a camera that is pulled out while one looks is a finding, too. */
  function update() {
    const now = JSON.stringify([own.audio?.id, own.video?.id, own.failures]);
    if (!opened || now === shown) return;
    shown = now;
    steps.forEach((one) => one.update?.());
  }

  /** @param {Found} more */
  function tell(more) {
    found = { ...found, ...more };
    if (!measured) return;
    result.hidden = false;
    say(sent, ''); // of what was found before
    const wrong = complaints(found).length > 0;
    verdict.className = `notice ${wrong ? 'warn' : 'good'}`;
    say(verdict, wrong ? t('check.result.wrong') : isAllGood(found) ? t('check.result.good') : t('check.result.part', { what: untestedWords(found) }));
    clearTimeout(sending);
    sending = setTimeout(() => void send(), GATHER);
  }

  async function send() {
    sending = undefined;
    try {
      await line.report(found);
      say(sent, t('check.result.sent'));
    } catch (error) {
      if (!(error instanceof CheckRefused)) throw error;
      say(sent, t('check.result.unsent'));
    }
  }

  function stop() {
    clearTimeout(sending);
    steps.forEach((one) => one.close());
    steps = [];
    line.close();
  }

  /** What was found until then is worth telling, also by somebody who leaves before the end. */
  async function close() {
    const unsent = sending !== undefined || (!measured && Object.keys(found).length > 0);
    clearTimeout(sending);
    steps.forEach((one) => one.close());
    steps = [];
    if (unsent) await send();
    line.close();
  }

  return { element, update, close: () => void close() };
}

/** The way to the test. @param {() => void} open */
export function checkButton(open) {
  return h('p', {}, h('button', { type: 'button', class: 'secondary', id: 'test', onclick: open }, t('check.open')));
}

/** "speaker, how good the connection is". @param {Found} found */
function untestedWords(found) {
  return data(untested(found).map((name) => t(/** @type {Key} */ (`check.untested.${name}`))).join(', '));
}

/** @param {HTMLElement} place */
function focusOn(place) {
  const heading = /** @type {HTMLElement} */ (place.querySelector('h2'));
  heading.tabIndex = -1;
  heading.focus();
}
