// Every way a visit does not open, or has ended.

import { t } from '../ui/page.js';
import { ENDS, refusalView } from '../ui/refusal.js';
import { data } from '../ui/words.js';
import { visitIn } from './sample.js';

/** @returns {import('./gallery.js').Specimen[]} */
export function refusals() {
  return [...Object.keys(ENDS), 'internal'].map((code) => ({
    name: data(`${t('gallery.refusal')}: ${code}`),
    element: refusalView(visitIn({ phase: 'over', role: 'patient', refusal: { code, message: '', reason: 'Flu' } }).state, { again: () => {}, back: () => {} }),
  }));
}
