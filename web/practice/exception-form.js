// Days that differ: closed, wholly or in part, for one or many (C10), or one that is open for longer (C1).

import { addException } from '../lib/calls/availability.js';
import { DAY } from '../lib/day-minutes.js';
import { Missing, ask } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { labelled, rhythmFields, spanFields } from './hours-fields.js';
import { hoursProblem } from './hours-problem.js';
import { exceptionName } from './hours-words.js';
import { lookFirst } from './touched.js';

/** @typedef {import('../lib/shown.js').Exception} Exception */
/** @typedef {import('./availability.js').Hours} Hours */

const USUAL = { start_minute: 540, end_minute: 720, slot_minutes: 15, buffer_minutes: 0 };

/** @param {Exception['kind']} kind @param {string} today */
function exceptionFields(kind, today) {
  const closed = kind === 'closed';
  const date = h('input', { id: 'exception-date', type: 'date', min: today });
  const until = h('input', { id: 'exception-until', type: 'date', min: today, 'aria-describedby': 'exception-days' });
  const whole = h('input', { id: 'exception-whole', type: 'checkbox', onchange: () => { span.element.hidden = whole.checked; } });
  const note = h('input', { id: 'exception-note', type: 'text', maxlength: '200', autocomplete: 'off' });
  const span = spanFields(USUAL, () => last() !== null);
  const rhythm = rhythmFields(USUAL);
  whole.checked = closed;
  span.element.hidden = closed;
  const days = [h('div', { class: 'fields', oninput: span.tell }, labelled(t('exception.first'), date), labelled(t('exception.last'), until)),
    h('p', { class: 'quiet', id: 'exception-days' }, t('exception.daysHint')),
    h('div', { class: 'tick' }, whole, h('label', { for: 'exception-whole' }, t('exception.whole')))];
  const body = [...(closed ? days : [labelled(t('exception.date'), date)]),
    span.element, ...(closed ? [] : [rhythm.element]), labelled(t('exception.note'), note)];

  /** The last of several days. */
  function last() {
    return until.value === '' || until.value === date.value ? null : until.value;
  }

  /** Throws `Missing`. */
  function value() {
    if (date.value === '') throw new Missing(t('exception.noDate'), date);
    if (until.value !== '' && until.value < date.value) throw new Missing(t('hours.datesBackwards'), until);
    const hours = closed && whole.checked ? { start_minute: 0, end_minute: DAY } : span.value();
    const said = note.value.trim();
    return { date: date.value, kind, until: last(), ...hours, ...(closed ? {} : rhythm.value(hours)), ...(said === '' ? {} : { note: said }) };
  }

  return { body, value };
}

/** @param {Exception['kind']} kind @param {Hours} hours */
export function askForException(kind, { api, whose, times, changed }) {
  const fields = exceptionFields(kind, times.today());
  const touched = lookFirst(times);
  const closed = kind === 'closed';
  ask({
    heading: closed ? t('exception.closedHeading') : t('exception.extraHeading'),
    body: [...fields.body, touched.element],
    yes: t('hours.addDo'),
    no: t('hours.addKeep'),
    kind: 'primary',
    act: async () => {
      const wish = fields.value();
      await touched.look(wish, () => addException(api, whose, wish));
      await addException(api, whose, wish, crypto.randomUUID());
    },
    done: () => changed(t('exception.added', { name: exceptionName(fields.value()) }), `add-${kind}`),
    refused: hoursProblem,
  });
}
