// Which microphones, cameras and speakers there are, and which of them a person chose on this device (E3).

/** @typedef {'audioinput' | 'videoinput' | 'audiooutput'} Sort of device, as Media Capture and Streams 10.1 has them */
/** @typedef {{ id: string, label: string }} Device */
/** @typedef {Pick<Storage, 'getItem' | 'setItem'>} Kept */

/** @type {readonly Sort[]} */
export const SORTS = ['audioinput', 'videoinput', 'audiooutput'];

/** Windows and Chromium list these beside the device that they stand for. */
const ALIASES = new Set(['default', 'communications']);

const KEPT = 'consultroom.choice';

/**
 * The devices by sort. Before the person allowed any, browsers give neither ids nor labels: those are left out.
 * @param {readonly Pick<MediaDeviceInfo, 'deviceId' | 'kind' | 'label'>[]} infos of `enumerateDevices`
 * @returns {Record<Sort, Device[]>}
 */
export function bySort(infos) {
  /** @type {Record<Sort, Device[]>} */
  const lists = { audioinput: [], videoinput: [], audiooutput: [] };
  for (const { deviceId, kind, label } of infos) {
    if (deviceId !== '' && !ALIASES.has(deviceId)) lists[kind].push({ id: deviceId, label });
  }
  return lists;
}

/** Which way a camera looks, where its label says so, as those of phones do. @param {string} label @returns {'front' | 'back' | null} */
export function facing(label) {
  if (/\b(back|rear|environment)\b|rück/i.test(label)) return 'back';
  return /\b(front|user)\b|vorder/i.test(label) ? 'front' : null;
}

/** The chosen device among those there are: by id, else by label, for ids change when a browser forgets. @param {readonly Device[]} list @param {Device | undefined} wanted */
export function find(list, wanted) {
  return list.find(({ id }) => id === wanted?.id) ?? list.find(({ label }) => label !== '' && label === wanted?.label);
}

/** Remembered in this browser. Neither what is kept nor a browser that keeps nothing can stop a visit. */
export class DeviceChoice {
  /** @param {Kept} storage */
  constructor(storage) {
    this.storage = storage;
    /** @type {Partial<Record<Sort, Device>>} */
    this.all = read(storage);
  }

  /** @param {Sort} sort */
  get(sort) {
    return this.all[sort];
  }

  /** @param {Sort} sort @param {Device} device */
  keep(sort, device) {
    this.all = { ...this.all, [sort]: device };
    try {
      this.storage.setItem(KEPT, JSON.stringify(this.all));
    } catch {
      // Full, or forbidden: the choice holds until the page is closed.
    }
  }
}

/** @param {Kept} storage @returns {Partial<Record<Sort, Device>>} */
function read(storage) {
  try {
    const kept = JSON.parse(storage.getItem(KEPT) ?? '{}');
    return Object.fromEntries(SORTS.filter((sort) => isDevice(kept?.[sort])).map((sort) => [sort, kept[sort]]));
  } catch {
    return {}; // damaged, or forbidden
  }
}

/** @param {any} kept */
function isDevice(kept) {
  return typeof kept?.id === 'string' && typeof kept.label === 'string';
}
