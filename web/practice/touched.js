// Bookings that would lie outside the hours then. None of them is touched, ever: that is said before anything is done (C7).

import { affectedList } from '../ui/affected-list.js';
import { Missing } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { statusText } from '../ui/history-words.js';
import { t } from '../ui/page.js';
import { patientName } from '../ui/roles.js';
import { counted, data } from '../ui/words.js';

/** @typedef {import('../lib/shown.js').Affected} Affected */
/** @typedef {import('../ui/clinic-times.js').ClinicTimes} ClinicTimes */

/** @param {readonly Affected[]} affected @param {ClinicTimes} times @returns {HTMLElement[]} */
export function touchedList(affected, times) {
  if (affected.length === 0) return [h('p', {}, t('touched.none'))];
  const lines = affected.map((each) => data(`${times.span(each)} · ${patientName(each)} · ${statusText(each.status)}`));
  return affectedList(counted(affected.length, 'touched.count.one', 'touched.count.other'), lines);
}

/**
 * Within a form: what a change would touch is looked up first; where there is anything, it is shown, and a second press does it.
 * @param {ClinicTimes} times
 */
export function lookFirst(times) {
  const element = h('div', { class: 'touched' });
  let agreed = '';

  /** @param {object} wish @param {() => Promise<{ affected: Affected[] }>} dry throws `Missing` once, if there is something to see */
  async function look(wish, dry) {
    const now = JSON.stringify(wish);
    if (now === agreed) return;
    const { affected } = await dry();
    agreed = now;
    element.replaceChildren(...(affected.length === 0 ? [] : touchedList(affected, times)));
    const [, list] = /** @type {HTMLElement[]} */ ([...element.children]);
    if (list === undefined) return;
    // Once what is said below it is there, too.
    requestAnimationFrame(() => element.scrollIntoView({ block: 'start' }));
    throw new Missing(t('touched.again'), list);
  }

  return { element, look };
}
