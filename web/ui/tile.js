// One person in the call: picture, name, and what is the matter if anything is.

import { h, say } from './dom.js';
import { t } from './page.js';
import { data } from './words.js';

/** @typedef {import('../lib/visit-state.js').Present} Present */
/** @typedef {import('../lib/negotiation.js').Media} Media */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** @param {() => void} onblocked the browser will not play sound before a click */
export function tile(onblocked) {
  const video = h('video', {});
  Object.assign(video, { autoplay: true, playsInline: true });
  const name = h('span', { class: 'tile-name' });
  const news = h('span', { class: 'tile-news' });
  const initial = h('span', { class: 'tile-initial', 'aria-hidden': 'true' });
  const element = h('figure', { class: 'tile' }, video, initial, h('figcaption', {}, name, news));

  /** @param {Present} person @param {MediaStream | undefined} stream @param {Media | undefined} media */
  function update(person, stream, media) {
    say(name, data(person.name));
    say(initial, data(person.name.slice(0, 1)));
    say(news, newsOf(person, media));
    element.classList.toggle('no-picture', person.video === false || media !== 'connected');
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
  const off = [...(person.audio === false ? [t('call.muted')] : []), ...(person.video === false ? [t('call.noCamera')] : [])];
  return data(off.join(', '));
}
