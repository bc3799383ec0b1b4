// The screen as a picture (E3). Phones have none to share.

/** @typedef {{ getDisplayMedia?: MediaDevices['getDisplayMedia'] } | undefined} Source */

/** A page or a letter is read, not watched: sharpness goes before motion. */
const SCREEN = { frameRate: { ideal: 10, max: 15 }, width: { max: 1920 }, height: { max: 1080 } };

/** @param {Source} source `navigator.mediaDevices` */
export function canShare(source) {
  return typeof source?.getDisplayMedia === 'function';
}

/**
 * Asks which screen or window. `cancelled` is an answer, no failure: whoever was asked said no.
 * @param {Source} source
 * @returns {Promise<MediaStreamTrack | 'cancelled' | 'failed'>}
 */
export async function openScreen(source) {
  try {
    const stream = await source?.getDisplayMedia?.({ video: SCREEN, audio: false });
    const track = stream?.getVideoTracks()[0];
    if (track === undefined) return 'failed';
    track.contentHint = 'detail';
    return track;
  } catch (error) {
    return /** @type {Error} */ (error).name === 'NotAllowedError' ? 'cancelled' : 'failed';
  }
}
