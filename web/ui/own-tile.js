// One's own small picture, mirrored as people expect of themselves, never heard.

import { h, say } from './dom.js';
import { t } from './page.js';

/** @param {import('../lib/own-media.js').OwnMedia} own */
export function ownTile(own) {
  const video = h('video', { class: 'mirrored', 'aria-label': t('device.own') });
  Object.assign(video, { muted: true, autoplay: true, playsInline: true });
  const caption = h('figcaption', {});
  const element = h('figure', { class: 'tile own' }, video, caption);

  function update() {
    element.classList.toggle('no-picture', own.video === undefined);
    say(caption, own.video === undefined ? t('call.youUnseen') : t('call.youOnly'));
    const [shown] = /** @type {MediaStream | null} */ (video.srcObject)?.getVideoTracks() ?? [];
    if (shown !== own.video) video.srcObject = own.video === undefined ? null : new MediaStream([own.video]);
  }

  update();
  return { element, update };
}
