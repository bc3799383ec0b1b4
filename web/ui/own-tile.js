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
    const { picture, screen } = own;
    element.classList.toggle('no-picture', picture === undefined);
    video.classList.toggle('mirrored', screen === undefined && own.mirrored);
    say(caption, screen !== undefined ? t('share.you') : picture === undefined ? t('call.youUnseen') : t('call.youOnly'));
    const [shown] = /** @type {MediaStream | null} */ (video.srcObject)?.getVideoTracks() ?? [];
    if (shown !== picture) video.srcObject = picture === undefined ? null : new MediaStream([picture]);
  }

  update();
  return { element, update };
}
