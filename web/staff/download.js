// A file made of an answer, saved by the browser (B7).

import { supportBundle } from '../lib/calls/staff.js';
import { save } from '../ui/save.js';

/** @param {import('../lib/api.js').Api} api @param {string} id */
export async function downloadBundle(api, id) {
  const bundle = JSON.stringify(await supportBundle(api, id), null, 2);
  save(new Blob([bundle], { type: 'application/json' }), `support-${id}.json`);
}
