// Availability: weekly hours by weekday, and single days that differ; all by the practitioner alone (C1).

import { availability, ownself } from '../lib/calls/availability.js';
import { byWeekday } from '../lib/hours.js';
import { clinicTimes } from '../ui/clinic-times.js';
import { h } from '../ui/dom.js';
import { announce, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { serverClock } from '../ui/server-clock.js';
import { data, zoneWords } from '../ui/words.js';
import { exceptionList } from './exceptions.js';
import { hoursProblem } from './hours-problem.js';
import { dayName } from './hours-words.js';
import { askForWindow } from './window-form.js';
import { windowLine } from './window-line.js';

/** @typedef {import('../lib/api.js').Api} Api */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').Availability} Availability */
/** @typedef {import('../lib/shown.js').AvailabilityWindow} AvailabilityWindow */

/**
 * What every line shares. `changed`: what was done, and where the keyboard goes on; `tried`: what a press sets going, and says what went wrong.
 * @typedef {{ api: Api, whose: string, times: import('../ui/clinic-times.js').ClinicTimes, changed: (said: Text, focus: string) => void,
 *   tried: (act: () => Promise<void>) => Promise<void> }} Hours
 */

/** @param {HTMLElement} place @param {Api} api */
export function availabilitySection(place, api) {
  const news = h('div', { class: 'news' });
  const status = h('div', { role: 'status' });
  const body = h('div', {});
  let whose = '';
  place.append(h('h1', {}, t('availability.heading')), status, news, body);

  async function open() {
    news.replaceChildren();
    if (body.childElementCount === 0) status.replaceChildren(h('p', { class: 'quiet' }, t('common.loading')));
    await load('');
  }

  /** @param {string} focus an id */
  async function load(focus) {
    try {
      if (whose === '') whose = (await ownself(api)).id;
      show(await availability(api, whose));
      status.replaceChildren();
      document.getElementById(focus)?.focus();
    } catch (error) {
      trouble(hoursProblem(problemOf(error)));
    }
  }

  /** @param {Text} text */
  function trouble(text) {
    status.replaceChildren(h('p', { class: 'notice warn' }, text), h('button', { type: 'button', class: 'secondary', onclick: () => void load('') }, t('common.again')));
  }

  /** @param {Availability} its */
  function show({ items, exceptions, time_zone: zone, self_booking: bookable }) {
    /** @type {Hours} */
    const hours = { api, whose, times: clinicTimes(zone), changed, tried };
    body.replaceChildren(
      h('p', {}, t('availability.text'), data(' '), h('span', { class: 'quiet' }, zoneWords(zone, serverClock.now()))),
      ...(bookable ? [] : [h('p', { class: 'notice warn' }, t('availability.noSelfBooking'))]),
      h('section', {}, h('h2', {}, t('availability.week')), h('div', { class: 'week' }, ...byWeekday(items).map((windows, weekday) => dayPart(weekday, windows, hours)))),
      exceptionList(exceptions, hours));
  }

  /** @param {Text} said @param {string} focus */
  function changed(said, focus) {
    announce(said);
    news.replaceChildren(h('p', { class: 'notice good' }, said));
    void load(focus);
  }

  /** @param {() => Promise<void>} act */
  async function tried(act) {
    try {
      await act();
    } catch (error) {
      const said = hoursProblem(problemOf(error));
      announce(said, true);
      news.replaceChildren(h('p', { class: 'notice warn' }, said));
      news.scrollIntoView({ block: 'nearest' });
    }
  }

  return { open };
}

/** @param {number} weekday @param {readonly AvailabilityWindow[]} windows @param {Hours} hours */
function dayPart(weekday, windows, hours) {
  const day = dayName(weekday);
  return h('section', { class: 'day' },
    h('div', { class: 'day-head' }, h('h3', {}, day),
      windows.length === 0 ? h('p', { class: 'quiet' }, t('availability.none')) : null,
      h('button', { type: 'button', class: 'secondary', id: `add-${weekday}`, 'aria-label': t('availability.addOn', { day }), onclick: () => askForWindow(weekday, hours) }, t('availability.add'))),
    windows.length === 0 ? null : h('ul', { class: 'week-lines' }, ...windows.map((window) => windowLine(window, hours))));
}
