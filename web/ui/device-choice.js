// Which microphone, camera and speaker: a list of each. A change is done at once, and kept for the next time (E3).

import { bySort, find } from '../lib/device-list.js';
import { chosen } from './chosen.js';
import { deviceNames } from './device-names.js';
import { h, say } from './dom.js';
import { t } from './page.js';
import { canChooseSpeaker, speakThrough } from './speaker.js';
import { data } from './words.js';

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */
/** @typedef {import('../lib/device-list.js').Device} Device */
/** @typedef {import('../lib/device-list.js').Sort} Sort */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** @type {Readonly<Partial<Record<Sort, import('../lib/media.js').Kind>>>} */
const KIND = { audioinput: 'audio', videoinput: 'video' };

/**
 * One labelled list.
 * @param {OwnMedia} own
 * @param {Sort} sort
 * @param {(text: Text) => void} tell what a change led to
 */
export function deviceChoice(own, sort, tell) {
  const id = `choose-${sort}`;
  const list = h('select', { id, onchange: () => void change() });
  const element = h('div', { class: 'choice' }, h('label', { for: id }, t(`settings.${sort}`)), list);
  /** @type {Device[]} */
  let devices = [];
  /** @type {Text[]} */
  let names = [];
  let shown = '';

  /** @param {Device[]} found */
  function update(found) {
    element.hidden = sort === 'audiooutput' && (!canChooseSpeaker || found.length === 0);
    devices = found;
    names = deviceNames(sort, devices);
    // A speaker that nobody chose is the system's; so is a camera that is off and was never chosen.
    const current = currentOf(own, sort, devices);
    const first = devices.length === 0 ? [t(`settings.none.${sort}`)] : [];
    const system = first.length === 0 && (current === undefined || sort === 'audiooutput') ? [t('settings.system')] : first;
    const lines = [...system.map((name) => ({ value: '', name })), ...devices.map((device, index) => ({ value: device.id, name: names[index] ?? data(device.label) }))];
    // A list that is unfolded just now would close if the same lines were put in once more.
    const now = JSON.stringify(lines);
    if (now !== shown) list.replaceChildren(...lines.map(({ value, name }) => h('option', { value }, name)));
    shown = now;
    list.value = current?.id ?? '';
    list.disabled = devices.length === 0;
  }

  async function change() {
    const device = devices.find((each) => each.id === list.value) ?? { id: '', label: '' };
    const name = names[devices.indexOf(device)] ?? t('settings.system');
    const kind = KIND[sort];
    list.disabled = true;
    const worked = kind === undefined ? await choseSpeaker(device) : device.id === '' || (await own.choose(kind, device));
    update(devices);
    list.focus();
    tell(wordsOf(own, kind, worked, name));
  }

  return { element, update };
}

/** @param {OwnMedia} own @param {import('../lib/media.js').Kind | undefined} kind @param {boolean} worked @param {Text} device */
function wordsOf(own, kind, worked, device) {
  if (!worked) return t('settings.refused', { device });
  return kind === 'video' && own.video === undefined ? t('settings.later', { device }) : t('settings.used', { device });
}

/** @param {Device} device */
async function choseSpeaker(device) {
  const worked = await speakThrough(device.id);
  if (worked) chosen.keep('audiooutput', device);
  return worked;
}

/** The one in use; while none is, the one that will be. @param {OwnMedia} own @param {Sort} sort @param {readonly Device[]} devices */
function currentOf(own, sort, devices) {
  const kind = KIND[sort];
  const track = kind && own[kind];
  return find(devices, track === undefined ? chosen.get(sort) : { id: track.getSettings().deviceId ?? '', label: track.label });
}

/** The devices there are now; none where the browser cannot tell. */
export async function devicesNow() {
  try {
    return bySort((await navigator.mediaDevices?.enumerateDevices?.()) ?? []);
  } catch {
    return bySort([]); // the page is being left
  }
}

/** A speaker that was pulled out takes the sound with it: back to the system's own. @param {readonly Device[]} speakers @returns {Promise<Text | null>} what to say */
export async function speakerStays(speakers) {
  const wanted = chosen.get('audiooutput');
  if (wanted === undefined || wanted.id === '' || speakers.length === 0) return null;
  const there = find(speakers, wanted);
  await speakThrough(there?.id ?? '');
  return there === undefined ? t('settings.speakerGone', { was: wanted.label }) : null;
}

/** @param {HTMLElement} line @param {OwnMedia} own */
export function sayInstead(line, own) {
  say(line, own.instead === undefined ? '' : t('settings.instead', { was: own.instead.was, now: own.instead.now }));
}
