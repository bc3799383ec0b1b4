// Where the others are heard from, in browsers that let a page choose (E3).

import { chosen } from './chosen.js';

/** @typedef {HTMLMediaElement & { setSinkId?: (id: string) => Promise<void> }} Sounding */

export const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;

/** Plays through the chosen speaker; one that is not there leaves the system's own. @param {HTMLMediaElement} media */
export async function hearThrough(media) {
  await send(media, chosen.get('audiooutput')?.id ?? '');
}

/** From now on, everything that is heard. @param {string} id empty: the system's own @returns {Promise<boolean>} whether all of it */
export async function speakThrough(id) {
  const all = [...document.querySelectorAll('video')].filter((video) => !video.muted);
  return (await Promise.all(all.map((video) => send(video, id)))).every((worked) => worked);
}

/** @param {Sounding} media @param {string} id */
async function send(media, id) {
  try {
    await media.setSinkId?.(id);
    return true;
  } catch {
    return false; // NotFoundError, NotAllowedError: it plays where it played
  }
}
