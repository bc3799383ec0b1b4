// One person in the call: picture, name, and what is the matter if anything is.

import { connectionSign } from './connection-words.js';
import { h, say } from './dom.js';
import { t } from './page.js';
import { hearThrough } from './speaker.js';
import { data } from './words.js';

/** @typedef {import('../lib/visit-state.js').Present} Present */
/** @typedef {import('../lib/negotiation.js').Media} Media */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {{ stream: MediaStream | undefined, media: Media | undefined, grade: import('../lib/quality.js').Grade | undefined, soundOnly: boolean }} Coming what comes from somebody; `soundOnly`: we do without pictures */

/** @param {() => void} onblocked the browser will not play sound before a click */
export function tile(onblocked) {
  const video = h('video', {});
  Object.assign(video, { autoplay: true, playsInline: true });
  const name = h('span', { class: 'tile-name' });
  const news = h('span', { class: 'tile-news' });
  const initial = h('span', { class: 'tile-initial', 'aria-hidden': 'true' });
  const sign = connectionSign();
  const element = h('figure', { class: 'tile' }, video, initial, h('figcaption', {}, name, news, sign.element));
  void hearThrough(video);

  /** @param {Present} person @param {Coming} coming */
  function update(person, { stream, media, grade, soundOnly }) {
    say(name, data(person.name));
    say(initial, data(person.name.slice(0, 1)));
    say(news, newsOf(person, media));
    element.classList.toggle('no-picture', person.video === false || soundOnly || media !== 'connected');
    element.classList.toggle('screen-shared', person.screen === true && !soundOnly);
    sign.update(media === 'connected' && person.online !== false ? grade : undefined);
    if (stream !== undefined && video.srcObject !== stream) play(stream);
  }

  /** @param {MediaStream} stream */
  function play(stream) {
    video.srcObject = stream;
    video.play().catch((/** @type {Error} */ error) => {
      if (error.name === 'NotAllowedError') onblocked(); // AbortError: a newer stream came first
    });
  }

  return { element, update, video };
}

/** The most important thing first. @param {Present} person @param {Media | undefined} media @returns {Text | ''} */
function newsOf(person, media) {
  if (person.online === false) return t('call.offline');
  if (media === 'failed') return t('call.failed');
  if (media !== 'connected') return t('call.connecting');
  const picture = person.sound_only === true ? [t('call.soundOnly')] : person.video === false ? [t('call.noCamera')] : [];
  const facts = [...(person.screen === true ? [t('share.tile')] : []), ...(person.audio === false ? [t('call.muted')] : []), ...picture];
  return data(facts.join(', '));
}
