// The sound when somebody comes to wait: for whoever is in the lobby, never in a visit; whether it is wanted is remembered.

import { Chime } from '../ui/chime.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { lasting } from '../ui/storage.js';
import { switchButton } from '../ui/switch.js';

const KEPT = 'consultroom.sound';

/** What a person does that lets a browser play sound. */
const GESTURES = ['pointerup', 'keydown'];

export function arrivalSound() {
  const chime = new Chime();
  let wanted = lasting.getItem(KEPT) !== 'off';
  const onoff = switchButton({
    id: 'sound', label: t('sound.label'), words: [t('sound.off'), t('sound.on')], on: wanted, onpress: turn,
  });
  const hint = h('p', { class: 'quiet' });
  const element = h('div', { class: 'sound-choice' },
    h('div', { class: 'switch-line' }, onoff.element, h('span', { class: 'quiet', 'aria-hidden': 'true' }, t('sound.label'))), hint);

  // After a reload nobody has clicked yet; whatever is pressed first will do.
  for (const gesture of GESTURES) document.addEventListener(gesture, unlock);

  function unlock() {
    if (!wanted) return;
    chime.unlock();
    setTimeout(update, 100); // it is running a moment later
    if (chime.ready) for (const gesture of GESTURES) document.removeEventListener(gesture, unlock);
  }

  /** @param {boolean} on */
  function turn(on) {
    wanted = on;
    lasting.setItem(KEPT, on ? 'on' : 'off');
    onoff.update(on);
    unlock();
    if (on) chime.ring(); // what it is that was switched on
    update();
  }

  function update() {
    say(hint, wanted && !chime.ready ? t('sound.blocked') : '');
    hint.hidden = hint.textContent === '';
  }

  update();
  return { element, update, ring: () => { if (wanted) chime.ring(); } };
}
