// One's own picture, wherever it is shown: never heard, and mirrored as people expect of themselves.

import { h } from './dom.js';
import { t } from './page.js';

export function ownVideo() {
  const element = h('video', { class: 'mirrored', 'aria-label': t('device.own') });
  Object.assign(element, { muted: true, autoplay: true, playsInline: true });

  /** @param {MediaStreamTrack | undefined} track none: nothing to see @param {boolean} [mirrored] */
  function show(track, mirrored = true) {
    element.classList.toggle('mirrored', mirrored);
    const [shown] = /** @type {MediaStream | null} */ (element.srcObject)?.getVideoTracks() ?? [];
    if (shown !== track) element.srcObject = track === undefined ? null : new MediaStream([track]);
  }

  return { element, show };
}
