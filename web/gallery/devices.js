// Camera and microphone: working, and every way they fail.

import { browserKind } from '../lib/browser-kind.js';
import { h } from '../ui/dom.js';
import { failureLines, failureTrouble } from '../ui/failures.js';
import { inAppNotice } from '../ui/in-app.js';
import { t } from '../ui/page.js';
import { preview } from '../ui/preview.js';
import { deviceButtons } from '../ui/controls.js';
import { ownMedia } from './sample.js';

/** @typedef {import('./gallery.js').Specimen} Specimen */

const FAILURES = /** @type {const} */ (['denied', 'dismissed', 'system', 'absent', 'busy', 'insecure', 'unsupported']);
const IN_AN_APP = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 333.1';

/** @returns {Specimen[]} */
export function devices() {
  const app = inAppNotice(browserKind(IN_AN_APP));
  return [
    { name: t('gallery.before'), element: preview(ownMedia(), { closable: true }).element },
    { name: t('gallery.working'), element: preview(ownMedia({ on: true }), { closable: true }).element },
    { name: t('gallery.failing'), element: preview(ownMedia({ failures: { audio: 'denied', video: 'denied' } }), { closable: true }).element },
    { name: t('gallery.failures'), element: h('div', {}, ...FAILURES.flatMap((failure) => failureLines({ failures: { video: failure } })),
      ...failureTrouble(ownMedia({ failures: { audio: 'busy' } }))) },
    ...(app === null ? [] : [{ name: t('gallery.app'), element: app }]),
    { name: t('gallery.controls'), element: h('div', {}, controls(ownMedia({ on: true })), controls(ownMedia({ muted: true }))) },
  ];
}

/** @param {import('../lib/own-media.js').OwnMedia} own */
function controls(own) {
  const { mic, cam } = deviceButtons(own);
  return h('div', { class: 'controls' }, mic, cam);
}
