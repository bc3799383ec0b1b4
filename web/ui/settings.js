// The settings of picture and sound, as a dialog: in the call, in the waiting room and before it the same (E3).

import { SORTS } from '../lib/device-list.js';
import { deviceChoice, devicesNow } from './device-choice.js';
import { h, say } from './dom.js';
import { showLevel } from './level.js';
import { t } from './page.js';
import { switchButton } from './switch.js';

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {OwnMedia} own @param {{ call: boolean }} where `call`: there are others whose pictures can be done without */
export function settingsDialog(own, { call }) {
  const news = h('p', { class: 'settings-news', role: 'status' });
  const tell = (/** @type {Text} */ text) => say(news, text);
  const choices = SORTS.map((sort) => ({ sort, ...deviceChoice(own, sort, tell) }));
  const meter = h('meter', { 'aria-label': t('device.level') });
  const blocked = h('p', { class: 'notice' }, t('settings.blocked'));
  const sound = soundOnlySwitch(own, tell);
  const dialog = h('dialog', { class: 'card settings', 'aria-labelledby': 'settings-heading' },
    h('h2', { id: 'settings-heading' }, t('settings.heading')), blocked,
    ...choices.flatMap(({ sort, element }) => (sort === 'audioinput' ? [element, meter] : [element])),
    ...(call ? [sound.element] : []), news,
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'primary', id: 'settings-done', onclick: () => dialog.close() }, t('settings.done'))));
  let stopLevel = () => {};
  /** @type {MediaStreamTrack | undefined} */
  let heard;

  function listen() {
    meter.hidden = own.audio === undefined;
    if (own.audio === heard) return;
    stopLevel();
    heard = own.audio;
    stopLevel = heard === undefined ? () => {} : showLevel(meter, heard);
  }

  async function update() {
    sound.update();
    listen();
    const lists = await devicesNow();
    blocked.hidden = SORTS.some((sort) => lists[sort].length > 0);
    for (const { sort, ...choice } of choices) choice.update(lists[sort]);
  }

  dialog.addEventListener('close', () => {
    stopLevel();
    dialog.remove();
  });
  return { dialog, update };
}

/** @param {OwnMedia} own @param {(text: Text) => void} tell */
function soundOnlySwitch(own, tell) {
  const { element, update } = switchButton({
    id: 'sound-only', label: t('settings.soundOnly'), words: [t('common.off'), t('common.on')], on: own.soundOnly,
    onpress: (on) => void own.turnSoundOnly(on).then(() => tell(t(on ? 'settings.soundOnlyOn' : 'settings.soundOnlyOff'))),
  });
  const line = h('div', { class: 'sound-only' }, h('span', { class: 'sound-only-label', 'aria-hidden': 'true' }, t('settings.soundOnly')), element,
    h('p', { class: 'quiet' }, t('settings.soundOnlyHint')));
  return { element: line, update: () => update(own.soundOnly) };
}

/**
 * The button that opens them.
 * @param {OwnMedia} own
 * @param {{ call: boolean }} where
 */
export function settingsButton(own, where) {
  const icon = h('span', { class: 'icon icon-settings', 'aria-hidden': 'true' });
  const element = h('button', { type: 'button', class: where.call ? 'control' : 'secondary', id: 'settings', onclick: open }, icon, h('span', {}, t('settings.open')));
  /** @type {ReturnType<typeof settingsDialog> | undefined} */
  let opened;

  function open() {
    const made = settingsDialog(own, where);
    const follow = () => void made.update();
    opened = made;
    navigator.mediaDevices?.addEventListener?.('devicechange', follow);
    made.dialog.addEventListener('close', () => {
      navigator.mediaDevices?.removeEventListener?.('devicechange', follow);
      opened = undefined;
    });
    document.body.append(made.dialog);
    made.dialog.showModal();
    follow();
  }

  return { element, update: () => void opened?.update(), close: () => opened?.dialog.close() };
}
