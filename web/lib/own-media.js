// This person's own camera and microphone during a visit: on, off, muted. Off means the camera's light is off.

import { openDevices, openOne } from './media.js';

/** @typedef {import('./media.js').Devices} Devices */
/** @typedef {import('./media.js').Kind} Kind */

/**
 * @typedef {object} Options
 * @property {import('./media.js').Source} source
 * @property {(media: OwnMedia) => void} onchange after every change, also one that failed
 */

export class OwnMedia {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {Devices} */
    this.devices = { failures: {} };
    this.muted = false;
    /** The person's wish, whether or not there is a camera. */
    this.cameraOff = false;
    /** @type {Promise<Devices> | undefined} */
    this.opening = undefined;
    /** @type {Promise<void> | undefined} */
    this.retrying = undefined;
  }

  get audio() {
    return this.devices.audio;
  }

  get video() {
    return this.devices.video;
  }

  get failures() {
    return this.devices.failures;
  }

  /** What is told to the others in the room (PROTOCOL.md `state`). */
  get state() {
    return { audio: this.audio !== undefined && !this.muted, video: this.video !== undefined };
  }

  /** Asks for both; a second call while the devices are open does nothing. */
  async open() {
    if (this.audio !== undefined || this.video !== undefined) return;
    this.opening ??= openDevices(this.options.source);
    const devices = await this.opening;
    this.opening = undefined;
    this.#have(devices);
  }

  /** Once more whatever failed, as after a permission was given; what works goes on. */
  async again() {
    this.retrying ??= this.audio === undefined && this.video === undefined ? this.open() : this.#openFailed();
    await this.retrying;
    this.retrying = undefined;
  }

  async #openFailed() {
    for (const kind of /** @type {Kind[]} */ (Object.keys(this.failures))) {
      const { tracks, failures } = await openOne(this.options.source, kind);
      const others = Object.entries(this.failures).filter(([each]) => each !== kind);
      this.#have({ ...this.devices, ...tracks, failures: { ...Object.fromEntries(others), ...failures } });
    }
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
    const { video, ...rest } = this.devices;
    if (off) {
      video?.stop();
      this.#have(rest);
    } else if (video === undefined) {
      const { tracks, failures } = await openOne(this.options.source, 'video');
      this.#have({ ...rest, ...tracks, failures: { ...withoutVideo(rest.failures), ...failures } });
    }
  }

  /** Lets go of both devices, so that another program or tab can have them. */
  close() {
    this.audio?.stop();
    this.video?.stop();
    this.#have({ failures: {} });
  }

  /** @param {Devices} devices */
  #have(devices) {
    this.devices = devices;
    if (devices.audio !== undefined) devices.audio.enabled = !this.muted;
    for (const track of [devices.audio, devices.video]) if (track !== undefined) track.onended = () => this.#lost(track);
    this.options.onchange(this);
  }

  /** Pulled out, or taken by the system. @param {MediaStreamTrack} track */
  #lost(track) {
    const kind = /** @type {Kind} */ (track.kind);
    if (this.devices[kind] !== track) return;
    this.#have({ ...this.devices, [kind]: undefined, failures: { ...this.failures, [kind]: 'absent' } });
  }
}

/** @param {Devices['failures']} failures @returns {Devices['failures']} */
function withoutVideo({ audio }) {
  return audio === undefined ? {} : { audio };
}
