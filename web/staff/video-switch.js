// Video on or off for a practitioner or a type. Switching on heals by itself; switching off first shows what it touches (B4).

import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { switchButton } from '../ui/switch.js';
import { refusalText } from './refused.js';
import { askToSwitchOff } from './switch-off.js';

/** Of each, where the API has it. */
const KINDS = /** @type {const} */ ({ practitioner: 'practitioners', type: 'appointment-types' });

/**
 * @param {{ kind: 'practitioner' | 'type', id: string, name: import('../lib/i18n.js').Text, on: boolean, change: (on: boolean) => Promise<unknown> }} what
 * @param {import('./desk.js').Desk} desk
 * @param {import('./setup.js').Tell} tell
 * @param {import('./setup.js').Changed} changed
 */
export function videoSwitch({ kind, id, name, on: isOn, change }, desk, tell, changed) {
  const { element } = switchButton({
    id: `video-${kind}-${id}`, label: t('setup.videoFor', { name }), words: [t('setup.off'), t('setup.on')], on: isOn,
    onpress: (on) => void (on ? switchOn() : switchOff()),
  });

  async function switchOn() {
    try {
      await change(true);
      tell(t('setup.switchedOn', { name }));
      await changed(true);
    } catch (error) {
      tell(refusalText(problemOf(error)), 'warn');
    }
  }

  async function switchOff() {
    await askToSwitchOff({
      kind: KINDS[kind], id, heading: t('off.heading', { name }), yes: t('off.do'), no: t('off.keep'), desk, tell,
      act: () => change(false),
      done: () => {
        tell(t('setup.switchedOff', { name }));
        void changed(false);
      },
    });
  }

  return h('div', { class: 'switch-line' }, h('span', { 'aria-hidden': 'true' }, t('setup.video')), element);
}
