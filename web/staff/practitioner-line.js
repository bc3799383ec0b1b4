// One practitioner in the set-up: video on or off.

import { changePractitioner } from '../lib/calls/staff.js';
import { words } from '../lib/i18n.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { switchButton } from '../ui/switch.js';
import { askToSwitchOff } from './switch-off.js';
import { refusalText } from './refused.js';

/**
 * @param {import('../lib/shown.js').Practitioner} practitioner
 * @param {import('./desk.js').Desk} desk
 * @param {import('./setup.js').Tell} tell
 * @param {(healed: boolean) => Promise<void>} changed
 */
export function practitionerLine({ id, name: called, video_enabled: video }, desk, tell, changed) {
  const name = words(called);
  const { element } = switchButton({
    id: `video-practitioner-${id}`, label: t('setup.videoFor', { name }), words: [t('setup.off'), t('setup.on')], on: video,
    onpress: (on) => void (on ? switchOn() : switchOff()),
  });

  async function switchOn() {
    try {
      await changePractitioner(desk.api, id, { video_enabled: true });
      tell(t('setup.switchedOn', { name }));
      await changed(true);
    } catch (error) {
      tell(refusalText(problemOf(error)), 'warn');
    }
  }

  async function switchOff() {
    await askToSwitchOff({
      kind: 'practitioners', id, heading: t('off.heading', { name }), yes: t('off.do'), no: t('off.keep'), desk, tell,
      act: () => changePractitioner(desk.api, id, { video_enabled: false }),
      done: () => {
        tell(t('setup.switchedOff', { name }));
        void changed(false);
      },
    });
  }

  return h('li', {}, h('div', {}, h('p', { class: 'who' }, name)), h('div', { class: 'switch-line' }, h('span', { 'aria-hidden': 'true' }, t('setup.video')), element));
}
