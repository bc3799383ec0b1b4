// Camera, microphone and speaker of the device check: each says what it is and, where it does not work, what to do.

import { adviceOf } from '../lib/advice.js';
import { h, say } from '../ui/dom.js';
import { adviceText, thisBrowser } from '../ui/in-app.js';
import { showLevel } from '../ui/level.js';
import { ownVideo } from '../ui/own-video.js';
import { t } from '../ui/page.js';
import { playTone } from '../ui/tone.js';
import { data } from '../ui/words.js';

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/check-found.js').Found} Found */
/** @typedef {import('../lib/media.js').Failure} Failure */
/** @typedef {(found: Found) => void} Tell */

/** From 0 to 1, as the bar shows it: more than the hum of a quiet room. */
const HEARD = 0.15;
/** Milliseconds between looks, and of silence until it is said. */
const EVERY = 100;
const SILENT = 5_000;

/** @param {Text} heading @param {...(Node | null)} children */
export function step(heading, ...children) {
  const said = h('p', { role: 'status' });
  const element = h('section', { class: 'card step' }, h('h2', {}, heading), ...children, said);
  /** @param {Text} text @param {'' | 'good' | 'warn'} [look] */
  function tell(text, look = '') {
    said.className = `notice ${look}`.trim();
    say(said, text);
  }
  return { element, tell };
}

/** As the ledger names what is wrong. @type {Readonly<Record<Failure, import('../lib/check-found.js').Finding>>} */
const FINDINGS = {
  denied: 'denied', dismissed: 'denied', system: 'denied', absent: 'absent', busy: 'busy', insecure: 'failed', unsupported: 'failed',
};

/** What is wrong, and what to do about it in this browser (E5). @param {'audio' | 'video'} device @param {Failure} failure */
function wrong(device, failure) {
  return data(`${t(`device.${device}.${failure}`)} ${adviceText(adviceOf(failure, thisBrowser))}`);
}

/** @param {OwnMedia} own @param {Tell} tell */
export function cameraStep(own, tell) {
  const video = ownVideo();
  video.element.hidden = true;
  const view = step(t('check.camera'), h('div', { class: 'preview-picture' }, video.element));
  view.tell(t('check.asking'));
  function update() {
    const { video: track, failures } = own;
    video.element.hidden = track === undefined;
    video.show(track, own.mirrored);
    if (track !== undefined) view.tell(t('check.camera.ok'), 'good');
    else if (failures.video !== undefined) view.tell(wrong('video', failures.video), 'warn');
    if (track !== undefined) tell({ camera: 'ok' });
    else if (failures.video !== undefined) tell({ camera: FINDINGS[failures.video] });
  }
  return { element: view.element, update, close: () => video.show(undefined) };
}

/** @param {OwnMedia} own @param {Tell} tell */
export function microphoneStep(own, tell) {
  const meter = h('meter', { 'aria-label': t('device.level'), hidden: true });
  const view = step(t('check.microphone'), meter);
  view.tell(t('check.asking'));
  let stop = () => {};

  function update() {
    stop();
    const { audio, failures } = own;
    meter.hidden = audio === undefined;
    if (audio !== undefined) listen(audio);
    else if (failures.audio !== undefined) {
      view.tell(wrong('audio', failures.audio), 'warn');
      tell({ microphone: FINDINGS[failures.audio] });
    }
  }

  /** Somebody who is muted in the waiting room is heard here all the same. @param {MediaStreamTrack} audio */
  function listen(audio) {
    const track = audio.clone();
    track.enabled = true;
    const stopLevel = showLevel(meter, track);
    let waited = 0;
    view.tell(t('check.microphone.listening'));
    const timer = setInterval(() => {
      waited += EVERY;
      if (Number(meter.getAttribute('value')) > HEARD) {
        clearInterval(timer);
        view.tell(t('check.microphone.ok'), 'good');
        tell({ microphone: 'ok' });
      } else if (waited === SILENT) view.tell(t('check.microphone.silent'), 'warn');
    }, EVERY);
    stop = () => {
      clearInterval(timer);
      stopLevel();
      track.stop();
      stop = () => {};
    };
  }

  return { element: view.element, update, close: () => stop() };
}

/** @param {Tell} tell */
export function speakerStep(tell) {
  const play = h('button', { type: 'button', class: 'secondary', id: 'play', onclick: () => void sound() }, t('check.speaker.play'));
  const yes = h('button', { type: 'button', class: 'secondary', id: 'heard', onclick: () => answer('ok') }, t('check.speaker.yes'));
  const no = h('button', { type: 'button', class: 'secondary', id: 'unheard', onclick: () => answer('failed') }, t('check.speaker.no'));
  const choice = h('div', { class: 'buttons', hidden: true }, yes, no);
  const view = step(t('check.speaker'), h('div', { class: 'buttons' }, play), choice);

  async function sound() {
    view.tell(t('check.speaker.playing'));
    await playTone();
    view.tell(t('check.speaker.ask'));
    say(play, t('check.speaker.again'));
    choice.hidden = false;
    yes.focus();
  }

  /** @param {'ok' | 'failed'} speaker */
  function answer(speaker) {
    choice.hidden = true;
    view.tell(speaker === 'ok' ? t('check.speaker.ok') : t('check.speaker.failed'), speaker === 'ok' ? 'good' : 'warn');
    play.focus();
    tell({ speaker });
  }

  return { element: view.element, close: () => {} };
}
