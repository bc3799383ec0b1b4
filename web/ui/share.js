// The screen instead of one's picture (E3). Phones have none to share: no button there.

import { canShare } from '../lib/screen.js';
import { h, say } from './dom.js';
import { announce, t } from './page.js';

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */

/** @param {OwnMedia} own */
export function shareButton(own) {
  const icon = h('span', { class: 'icon', 'aria-hidden': 'true' });
  const label = h('span', {});
  const element = h('button', { type: 'button', class: 'control', id: 'share', onclick: () => void press() }, icon, label);
  element.hidden = !canShare(own.options.source);

  async function press() {
    if (own.screen !== undefined) own.unshare();
    else if ((await own.share()) === 'failed') announce(t('share.failed'), true);
  }

  function update() {
    const on = own.screen !== undefined;
    element.classList.toggle('on', on);
    icon.className = `icon ${on ? 'icon-screen-off' : 'icon-screen'}`;
    say(label, on ? t('share.stop') : t('share.start'));
  }

  update();
  return { element, update };
}

/** Says aloud who begins and who ends. */
export function shareNews() {
  /** @type {Map<string, string>} */
  let before = new Map();

  /** @param {readonly import('../lib/visit-state.js').Present[]} people */
  return function update(people) {
    const now = new Map(people.filter(({ screen }) => screen === true).map(({ sid, name }) => [sid, name]));
    for (const [sid, name] of now) if (!before.has(sid)) announce(t('share.began', { name }));
    for (const { sid, name } of people) if (before.has(sid) && !now.has(sid)) announce(t('share.ended', { name }));
    before = now;
  };
}
