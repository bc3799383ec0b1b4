// One stretch of weekly hours: on or paused, changed, removed.

import { changeWindow, removeWindow } from '../lib/calls/availability.js';
import { ask } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { switchButton } from '../ui/switch.js';
import { hoursProblem } from './hours-problem.js';
import { spanWords, windowFacts, windowName } from './hours-words.js';
import { touchedList } from './touched.js';
import { askToChange } from './window-form.js';

/** @typedef {import('../lib/shown.js').AvailabilityWindow} AvailabilityWindow */
/** @typedef {import('./availability.js').Hours} Hours */

/** @param {AvailabilityWindow} window @param {Hours} hours */
export function windowLine(window, hours) {
  const { id, active } = window;
  const name = windowName(window);
  const toggle = switchButton({
    id: `active-${id}`, label: t('hours.switch', { name }), words: [t('hours.off'), t('hours.on')], on: active,
    onpress: (on) => void hours.tried(() => (on ? resume(window, hours) : pause(window, hours))),
  });
  return h('li', { class: active ? 'hours' : 'hours paused' },
    h('div', {}, h('p', { class: 'who' }, spanWords(window)), h('p', { class: 'quiet' }, windowFacts(window, hours.times.today()))),
    h('div', { class: 'buttons' }, toggle.element,
      h('button', { type: 'button', class: 'secondary', id: `edit-${id}`, 'aria-label': t('hours.changeWho', { name }), onclick: () => askToChange(window, hours) }, t('hours.change')),
      h('button', { type: 'button', class: 'secondary', id: `remove-${id}`, 'aria-label': t('hours.removeWho', { name }), onclick: () => void hours.tried(() => remove(window, hours)) }, t('hours.remove'))));
}

/** @param {AvailabilityWindow} window @param {Hours} hours */
async function resume(window, { api, whose, changed }) {
  await changeWindow(api, whose, window.id, { active: true }, false);
  changed(t('hours.resumed', { name: windowName(window) }), `active-${window.id}`);
}

/** Where something is booked in it, that is shown first. @param {AvailabilityWindow} window @param {Hours} hours */
async function pause(window, hours) {
  const { api, whose, times } = hours;
  const act = () => changeWindow(api, whose, window.id, { active: false }, false);
  const done = () => hours.changed(t('hours.paused', { name: windowName(window) }), `active-${window.id}`);
  const { affected } = await changeWindow(api, whose, window.id, { active: false }, true);
  if (affected.length === 0) {
    await act();
    done();
    return;
  }
  ask({
    heading: t('hours.pauseHeading', { name: windowName(window) }),
    body: [h('p', {}, t('hours.pauseText')), ...touchedList(affected, times)],
    yes: t('hours.pauseDo'), no: t('hours.pauseKeep'), kind: 'primary',
    act, done, refused: hoursProblem,
  });
}

/** @param {AvailabilityWindow} window @param {Hours} hours */
async function remove(window, { api, whose, times, changed }) {
  const name = windowName(window);
  const { affected } = await removeWindow(api, whose, window.id, true);
  ask({
    heading: t('hours.removeHeading', { name }),
    body: [h('p', {}, t('hours.removeText')), ...touchedList(affected, times)],
    yes: t('hours.removeDo'), no: t('hours.removeKeep'),
    act: () => removeWindow(api, whose, window.id, false),
    done: () => changed(t('hours.removed', { name }), `add-${window.weekday}`),
    refused: hoursProblem,
  });
}
