// Weekly hours, new or changed, as a form (C1).

import { addWindow, changeWindow } from '../lib/calls/availability.js';
import { WEEKDAYS } from '../lib/hours.js';
import { Missing, ask } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { labelled, rhythmFields, spanFields } from './hours-fields.js';
import { hoursProblem } from './hours-problem.js';
import { dayName, windowName } from './hours-words.js';
import { lookFirst } from './touched.js';

/** @typedef {import('../lib/shown.js').AvailabilityWindow} AvailabilityWindow */
/** @typedef {import('./availability.js').Hours} Hours */

/** What is seldom wrong to begin with. */
const USUAL = { start_minute: 540, end_minute: 720, slot_minutes: 15, buffer_minutes: 0, valid_from: null, valid_until: null };

/** @param {Omit<AvailabilityWindow, 'id' | 'active'>} window */
function windowFields(window) {
  const weekday = h('select', { id: 'hours-weekday' }, ...WEEKDAYS.map((each) => h('option', { value: String(each) }, dayName(each))));
  const from = h('input', { id: 'hours-valid-from', type: 'date', value: window.valid_from ?? '' });
  const until = h('input', { id: 'hours-valid-until', type: 'date', value: window.valid_until ?? '' });
  const span = spanFields(window);
  const rhythm = rhythmFields(window);
  weekday.value = String(window.weekday);
  const dates = h('details', { open: window.valid_from !== null || window.valid_until !== null }, h('summary', {}, t('hours.dates')),
    h('div', { class: 'fields' }, labelled(t('hours.validFrom'), from), labelled(t('hours.validUntil'), until)), h('p', { class: 'quiet' }, t('hours.datesHint')));

  /** Throws `Missing`. */
  function value() {
    const hours = span.value();
    if (from.value !== '' && until.value !== '' && until.value < from.value) throw new Missing(t('hours.datesBackwards'), until);
    return { weekday: Number(weekday.value), ...hours, ...rhythm.value(hours), valid_from: from.value || null, valid_until: until.value || null };
  }

  return { body: [labelled(t('hours.weekday'), weekday), span.element, rhythm.element, dates], value };
}

/** @param {number} weekday @param {Hours} hours */
export function askForWindow(weekday, hours) {
  const fields = windowFields({ ...USUAL, weekday });
  /** @type {AvailabilityWindow | null} */
  let made = null;
  ask({
    heading: t('hours.addHeading'),
    body: fields.body,
    yes: t('hours.addDo'),
    no: t('hours.addKeep'),
    kind: 'primary',
    act: async () => {
      // A key for each try: what was entered may be different after a refusal.
      made = await addWindow(hours.api, hours.whose, fields.value(), crypto.randomUUID());
    },
    done: () => hours.changed(t('hours.added', { name: made === null ? '' : windowName(made) }), made === null ? '' : `edit-${made.id}`),
    refused: hoursProblem,
  });
}

/** What is booked in it is shown before it is saved, and stays (C7). @param {AvailabilityWindow} window @param {Hours} hours */
export function askToChange(window, hours) {
  const { api, whose, times } = hours;
  const fields = windowFields(window);
  const touched = lookFirst(times);
  ask({
    heading: t('hours.changeHeading', { name: windowName(window) }),
    body: [...fields.body, touched.element],
    yes: t('hours.changeDo'),
    no: t('hours.changeKeep'),
    kind: 'primary',
    act: async () => {
      const wish = fields.value();
      await touched.look(wish, () => changeWindow(api, whose, window.id, wish, true));
      await changeWindow(api, whose, window.id, wish, false);
    },
    done: () => hours.changed(t('hours.changed', { name: windowName({ ...window, ...fields.value() }) }), `edit-${window.id}`),
    refused: hoursProblem,
  });
}
