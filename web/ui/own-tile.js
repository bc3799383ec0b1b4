// One's own small picture, mirrored as people expect of themselves, never heard.

import { h, say } from './dom.js';
import { ownVideo } from './own-video.js';
import { t } from './page.js';

/** @param {import('../lib/own-media.js').OwnMedia} own */
export function ownTile(own) {
  const video = ownVideo();
  const caption = h('figcaption', {});
  const element = h('figure', { class: 'tile own' }, video.element, caption);

  function update() {
    const { picture, screen } = own;
    element.classList.toggle('no-picture', picture === undefined);
    video.show(picture, screen === undefined && own.mirrored);
    say(caption, screen !== undefined ? t('share.you') : picture === undefined ? t('call.youUnseen') : t('call.youOnly'));
  }

  update();
  return { element, update };
}
