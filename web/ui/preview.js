// Camera and microphone before the visit: look at yourself, see the bar move. Opens nothing until the person asks.

import { sayInstead } from './device-choice.js';
import { h } from './dom.js';
import { failureLines } from './failures.js';
import { showLevel } from './level.js';
import { ownVideo } from './own-video.js';
import { t } from './page.js';
import { settingsButton } from './settings.js';

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */

/**
 * @param {OwnMedia} own
 * @param {{ closable: boolean }} options `closable`: the devices can be let go again from here
 * @returns {{ element: HTMLElement, update: () => void, close: () => void }}
 */
export function preview(own, { closable }) {
  const video = ownVideo();
  const meter = h('meter', { 'aria-label': t('device.level') });
  const result = h('div', { role: 'status' });
  const ask = h('button', { type: 'button', class: 'secondary', onclick: () => void open() }, t('device.check'));
  const done = h('button', { type: 'button', class: 'secondary', onclick: () => own.close() }, t('device.close'));
  const hint = h('p', { class: 'quiet' }, t('device.hint'));
  const instead = h('p', { class: 'notice', role: 'status' });
  const settings = settingsButton(own, { call: false });
  const picture = h('div', { class: 'preview-picture' }, video.element, meter);
  const element = h('section', { class: 'card preview', 'aria-labelledby': 'devices' },
    h('h2', { id: 'devices' }, t('device.heading')), picture, result, instead, hint, h('div', { class: 'buttons' }, ask, done, settings.element));
  let stopLevel = () => {};
  /** @type {MediaStreamTrack | undefined} */
  let heard;

  async function open() {
    result.replaceChildren(h('p', { class: 'notice' }, t('device.asking')));
    await own.again();
  }

  function listen() {
    if (own.audio === heard) return;
    stopLevel();
    heard = own.audio;
    stopLevel = heard === undefined ? () => {} : showLevel(meter, heard);
  }

  function update() {
    const working = own.audio !== undefined || own.video !== undefined;
    const failed = failureLines(own);
    picture.hidden = !working;
    video.element.hidden = own.video === undefined;
    video.show(own.video, own.mirrored);
    sayInstead(instead, own);
    instead.hidden = own.instead === undefined;
    settings.element.hidden = !working;
    settings.update();
    listen();
    hint.hidden = working || failed.length > 0;
    done.hidden = !working || !closable;
    ask.hidden = working && failed.length === 0;
    ask.textContent = failed.length > 0 ? t('device.again') : t('device.check');
    result.replaceChildren(...lines(working, failed));
  }

  update();
  function close() {
    stopLevel();
    stopLevel = () => {};
    heard = undefined;
    settings.close();
  }

  return { element, update, close };
}

/** @param {boolean} working @param {HTMLElement[]} failed */
function lines(working, failed) {
  if (failed.length > 0) return [...failed, h('p', {}, t('device.anyway'))];
  return working ? [h('p', { class: 'notice good' }, t('device.good'))] : [];
}
