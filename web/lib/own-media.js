// This person's own camera, microphone and screen during a visit: on, off, muted, another one. Off means the camera's light is off.

import { DeviceChoice, facing } from './device-list.js';
import { openDevices, openOne } from './media.js';
import { openScreen } from './screen.js';

/** @typedef {import('./media.js').Devices} Devices */
/** @typedef {import('./media.js').Kind} Kind */
/** @typedef {import('./device-list.js').Device} Device */
/** Something that was chosen is not there, or went away; empty where nothing took its place. @typedef {{ kind: Kind, was: string, now: string }} Instead */

/**
 * @typedef {object} Options
 * @property {import('./media.js').Source} source
 * @property {(media: OwnMedia) => void} onchange after every change, also one that failed
 * @property {DeviceChoice} [choice] what was chosen on this device before
 */

/** The sort of device that a kind of track comes from. @type {Readonly<Record<Kind, 'audioinput' | 'videoinput'>>} */
const SORT = { audio: 'audioinput', video: 'videoinput' };

/** @type {DeviceChoice['storage']} */
const NOWHERE = { getItem: () => null, setItem: () => {} };

export class OwnMedia {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.choice = options.choice ?? new DeviceChoice(NOWHERE);
    /** @type {Devices} */
    this.devices = { failures: {} };
    this.muted = false;
    /** The person's wish, whether or not there is a camera. */
    this.cameraOff = false;
    /** No pictures either way, for a slow connection (E3). */
    this.soundOnly = false;
    /** @type {MediaStreamTrack | undefined} */
    this.screen = undefined;
    /** @type {Instead | undefined} */
    this.instead = undefined;
    /** @type {Promise<void> | undefined} */
    this.opening = undefined;
    /** What is asked of the devices happens one after the other: none is opened twice and then left on. @type {Promise<unknown>} */
    this.work = Promise.resolve();
    /** Counts the closings: what was being opened then is not wanted any more. */
    this.closings = 0;
  }

  get audio() {
    return this.devices.audio;
  }

  /** The camera's picture. */
  get video() {
    return this.devices.video;
  }

  /** What the others see: a shared screen goes before the camera. */
  get picture() {
    return this.screen ?? this.video;
  }

  get failures() {
    return this.devices.failures;
  }

  /** Whether the camera looks at whoever holds it, and its picture is shown to them as by a mirror. */
  get mirrored() {
    const { facingMode } = this.video?.getSettings?.() ?? {};
    return facingMode !== 'environment' && facing(this.video?.label ?? '') !== 'back';
  }

  /** What is told to the others in the room (PROTOCOL.md `state`). */
  get state() {
    const audio = this.audio !== undefined && !this.muted;
    return { audio, video: this.picture !== undefined, screen: this.screen !== undefined, sound_only: this.soundOnly };
  }

  /** Asks for both; a second call while the devices are open does nothing. A camera that was switched off stays so. */
  async open() {
    if (this.audio !== undefined || this.video !== undefined) return;
    this.opening ??= this.#openAll();
    await this.opening;
  }

  /** Once more whatever failed, as after a permission was given; what works goes on. */
  again() {
    if (this.audio === undefined && this.video === undefined) return this.open();
    return this.#inTurn(async () => {
      for (const kind of /** @type {Kind[]} */ (Object.keys(this.failures))) if (kind === 'audio' || this.#sees) await this.#take(kind);
    });
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.muted = muted;
    if (this.audio !== undefined) this.audio.enabled = !muted;
    this.options.onchange(this);
  }

  /** @param {boolean} off */
  async turnCamera(off) {
    this.cameraOff = off;
    if (!off) this.soundOnly = false;
    await this.#follow();
  }

  /** @param {boolean} only */
  async turnSoundOnly(only) {
    this.soundOnly = only;
    if (only) this.unshare();
    await this.#follow();
    this.options.onchange(this);
  }

  /**
   * Another microphone or camera, at once, and the next time again. One that cannot be opened leaves what was used before.
   * @param {Kind} kind
   * @param {Device} device
   * @returns {Promise<boolean>} whether it is used, or will be once it is switched on
   */
  choose(kind, device) {
    return this.#inTurn(async () => {
      const before = this.devices[kind];
      if (kind === 'video' && before === undefined && !this.#sees) return this.#remember(kind, device);
      // Phones have one camera open at a time, and some systems one microphone.
      if (before !== undefined) release(before);
      const worked = await this.#take(kind, { id: device.id, only: true });
      if (worked) return this.#remember(kind, device);
      const failure = this.failures[kind];
      if (before !== undefined) await this.#take(kind, { id: before.getSettings().deviceId ?? '', only: false });
      else if (failure !== undefined) this.options.onchange(this);
      return false;
    });
  }

  /** Devices were plugged in or out: what was missing may be there now. */
  async devicesChanged() {
    await this.#inTurn(async () => {
      if (this.failures.audio === 'absent') await this.#take('audio');
      if (this.failures.video === 'absent' && this.#sees) await this.#take('video');
    });
  }

  /** Shows the screen instead of the camera. Right after a press, or browsers refuse. @returns {Promise<'shared' | 'cancelled' | 'failed'>} */
  async share() {
    const { closings } = this;
    const screen = await openScreen(this.options.source);
    if (typeof screen === 'string') return screen;
    if (closings !== this.closings) {
      screen.stop();
      return 'cancelled';
    }
    if (this.screen !== undefined) release(this.screen);
    if (this.soundOnly) [this.soundOnly, this.cameraOff] = [false, true];
    this.screen = screen;
    screen.onended = () => this.unshare(); // the browser's own "stop sharing"
    this.options.onchange(this);
    return 'shared';
  }

  /** The camera is back as it was. */
  unshare() {
    if (this.screen === undefined) return;
    release(this.screen);
    this.screen = undefined;
    this.options.onchange(this);
  }

  /** Lets go of all devices, so that another program or tab can have them. */
  close() {
    this.closings += 1;
    this.opening = undefined;
    this.instead = undefined;
    for (const track of [this.audio, this.video, this.screen]) if (track !== undefined) release(track);
    this.screen = undefined;
    this.#have({ failures: {} });
  }

  /** Whether the camera is wanted. */
  get #sees() {
    return !this.cameraOff && !this.soundOnly;
  }

  /** The camera, as it is wanted by now. */
  async #follow() {
    if (!this.#sees && this.video !== undefined) this.#dropVideo(); // at once: nobody is seen a moment longer than they like
    await this.#inTurn(async () => {
      if (this.#sees && this.video === undefined) await this.#take('video');
      else if (!this.#sees && this.video !== undefined) this.#dropVideo();
    });
  }

  #dropVideo() {
    const { video, ...rest } = this.devices;
    if (video !== undefined) release(video);
    this.#have(rest);
  }

  async #openAll() {
    const { closings } = this;
    const wanted = { audio: this.#which('audio'), video: this.#which('video') };
    const { source } = this.options;
    const devices = this.#sees ? await openDevices(source, wanted) : flat(await openOne(source, 'audio', wanted.audio));
    if (closings !== this.closings) return letGo(devices);
    this.opening = undefined;
    this.instead = this.#missed('audio', devices.audio) ?? this.#missed('video', devices.video);
    return this.#have(devices);
  }

  /** @param {Kind} kind @param {import('./media.js').Which} [which] @returns {Promise<boolean>} whether there is one now */
  async #take(kind, which = this.#which(kind)) {
    const { closings } = this;
    const { tracks, failures } = await openOne(this.options.source, kind, which);
    if (closings !== this.closings) letGo({ ...tracks, failures });
    else this.#have({ ...this.devices, [kind]: tracks[kind], failures: { ...without(this.failures, kind), ...failures } });
    return this.devices[kind] !== undefined;
  }

  /** @param {Kind} kind @returns {import('./media.js').Which | undefined} */
  #which(kind) {
    const wanted = this.choice.get(SORT[kind]);
    return wanted && { id: wanted.id, only: false };
  }

  /** @param {Kind} kind @param {Device} device */
  #remember(kind, device) {
    this.choice.keep(SORT[kind], device);
    this.instead = undefined;
    this.options.onchange(this);
    return true;
  }

  /** What took the place of the chosen one. @param {Kind} kind @param {MediaStreamTrack | undefined} track @returns {Instead | undefined} */
  #missed(kind, track) {
    const wanted = this.choice.get(SORT[kind]);
    if (wanted === undefined || track === undefined) return undefined;
    const id = track.getSettings?.().deviceId;
    return id === wanted.id || track.label === wanted.label ? undefined : { kind, was: wanted.label, now: track.label };
  }

  /** @param {Devices} devices */
  #have(devices) {
    this.devices = devices;
    if (devices.audio !== undefined) devices.audio.enabled = !this.muted;
    for (const track of [devices.audio, devices.video]) if (track !== undefined) track.onended = () => void this.#lost(track);
    this.options.onchange(this);
  }

  /** Pulled out, or taken by the system: another takes its place if there is one. @param {MediaStreamTrack} track */
  async #lost(track) {
    const kind = /** @type {Kind} */ (track.kind);
    if (this.devices[kind] !== track) return;
    this.#have({ ...this.devices, [kind]: undefined, failures: { ...this.failures, [kind]: 'absent' } });
    await this.#inTurn(async () => {
      if (this.failures[kind] !== 'absent' || !(await this.#take(kind))) return;
      this.instead = { kind, was: track.label, now: this.devices[kind]?.label ?? '' };
      this.options.onchange(this);
    });
  }

  /** @template T @param {() => Promise<T> | T} step @returns {Promise<T>} */
  #inTurn(step) {
    const done = this.work.then(step);
    this.work = done.catch(() => {});
    return done;
  }
}

/** Not to be told of as lost. @param {MediaStreamTrack} track */
function release(track) {
  track.onended = null;
  track.stop();
}

/** @param {Awaited<ReturnType<typeof openOne>>} one @returns {Devices} */
function flat({ tracks, failures }) {
  return { ...tracks, failures };
}

/** @param {Devices} devices */
function letGo({ audio, video }) {
  for (const track of [audio, video]) track?.stop();
}

/** @param {Devices['failures']} failures @param {Kind} kind @returns {Devices['failures']} */
function without(failures, kind) {
  return Object.fromEntries(Object.entries(failures).filter(([other]) => other !== kind));
}
