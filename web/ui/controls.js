// Mute and camera, the same wherever they appear. Labels say what a press does.

import { h, say } from './dom.js';
import { t } from './page.js';

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */

/** @param {OwnMedia} own */
export function deviceButtons(own) {
  const micIcon = h('span', { class: 'icon', 'aria-hidden': 'true' });
  const micLabel = h('span', {});
  const mic = h('button', { type: 'button', class: 'control', id: 'mute', onclick: () => own.mute(!own.muted) }, micIcon, micLabel);
  const camIcon = h('span', { class: 'icon', 'aria-hidden': 'true' });
  const camLabel = h('span', {});
  const toggle = () => void own.turnCamera(own.video !== undefined);
  const cam = h('button', { type: 'button', class: 'control', id: 'camera', onclick: toggle }, camIcon, camLabel);

  function update() {
    mic.disabled = own.audio === undefined;
    mic.classList.toggle('off', own.muted || own.audio === undefined);
    micIcon.className = `icon ${own.muted || own.audio === undefined ? 'icon-mic-off' : 'icon-mic'}`;
    say(micLabel, own.muted ? t('call.unmute') : t('call.mute'));
    cam.classList.toggle('off', own.video === undefined);
    camIcon.className = `icon ${own.video === undefined ? 'icon-camera-off' : 'icon-camera'}`;
    say(camLabel, own.video === undefined ? t('call.cameraOn') : t('call.cameraOff'));
  }

  update();
  return { mic, cam, update };
}
