// Days that differ from the weekly hours, the next first.

import { removeException } from '../lib/calls/availability.js';
import { toCome } from '../lib/hours.js';
import { ask } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { data } from '../ui/words.js';
import { askForException } from './exception-form.js';
import { hoursProblem } from './hours-problem.js';
import { exceptionFacts, exceptionName } from './hours-words.js';
import { touchedList } from './touched.js';

/** @typedef {import('../lib/shown.js').Exception} Exception */
/** @typedef {import('./availability.js').Hours} Hours */

/** @param {readonly Exception[]} exceptions @param {Hours} hours */
export function exceptionList(exceptions, hours) {
  const next = toCome(exceptions, hours.times.today());
  return h('section', { class: 'exceptions' }, h('h2', {}, t('exception.heading')), h('p', { class: 'quiet' }, t('exception.text')),
    next.length === 0 ? null : h('ul', { class: 'week-lines' }, ...next.map((each) => exceptionLine(each, hours))),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'secondary', id: 'add-closed', onclick: () => askForException('closed', hours) }, t('exception.addClosed')),
      h('button', { type: 'button', class: 'secondary', id: 'add-extra', onclick: () => askForException('extra', hours) }, t('exception.addExtra'))));
}

/** @param {Exception} exception @param {Hours} hours */
function exceptionLine(exception, hours) {
  const name = exceptionName(exception);
  const kind = exception.kind === 'closed' ? t('exception.closed') : t('exception.extra');
  const facts = exceptionFacts(exception);
  return h('li', { class: 'hours' },
    h('div', {}, h('p', {}, h('strong', { class: 'who' }, name), data(' '), h('span', { class: `pill ${exception.kind === 'closed' ? 'warn' : 'good'}` }, kind)),
      h('p', { class: 'quiet' }, facts)),
    h('button', { type: 'button', class: 'secondary', id: `remove-${exception.id}`, 'aria-label': t('exception.removeWho', { kind, name }),
      onclick: () => void hours.tried(() => remove(exception, hours)) }, t('hours.remove')));
}

/** @param {Exception} exception */
function whatThen({ kind, until }) {
  if (kind === 'extra') return t('exception.removeExtra');
  return until === null ? t('exception.removeClosed') : t('exception.removeClosedDays');
}

/** @param {Exception} exception @param {Hours} hours */
async function remove(exception, { api, whose, times, changed }) {
  const name = exceptionName(exception);
  const { affected } = await removeException(api, whose, exception.id, true);
  ask({
    heading: t('exception.removeHeading', { name }),
    body: [h('p', {}, whatThen(exception)), ...touchedList(affected, times)],
    yes: t('hours.removeDo'), no: t('hours.removeKeep'),
    act: () => removeException(api, whose, exception.id, false),
    done: () => changed(t('exception.removed', { name }), `add-${exception.kind}`),
    refused: hoursProblem,
  });
}
