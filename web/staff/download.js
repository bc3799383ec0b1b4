// A file made of an answer, saved by the browser (B7).

import { supportBundle } from '../lib/calls/staff.js';
import { h } from '../ui/dom.js';

/** @param {import('../lib/api.js').Api} api @param {string} id */
export async function downloadBundle(api, id) {
  const bundle = JSON.stringify(await supportBundle(api, id), null, 2);
  const url = URL.createObjectURL(new Blob([bundle], { type: 'application/json' }));
  h('a', { href: url, download: `support-${id}.json` }).click();
  // The browser has begun to save it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
