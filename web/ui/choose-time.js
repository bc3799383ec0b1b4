// Another time for an appointment, which keeps its length: one of the free ones, or any that is entered. With whom, where that may be chosen.

import { instantOf } from '../lib/wall-time.js';
import { Missing } from './ask.js';
import { h } from './dom.js';
import { freeTimes } from './free-times.js';
import { t } from './page.js';
import { data } from './words.js';

/** @typedef {import('../lib/shown.js').Times} Times */
/** @typedef {{ id: string, name: string }} Named */

/**
 * @param {object} how
 * @param {import('../lib/api.js').Api} how.api
 * @param {import('./clinic-times.js').ClinicTimes} how.times
 * @param {Times} how.now the time it has
 * @param {string} how.practitioner
 * @param {string | null} how.type null: free times are not known for it
 * @param {readonly Named[]} [how.others] whom it could be with
 * @param {string} [how.moving] whose time it is: a part of that may be a part of the next (C7); '' where that is for another
 */
export function chooseTime({ api, times, now, practitioner, type, others = [], moving = '' }) {
  const today = times.today();
  const its = times.dateOf(now.starts_at);
  const whose = h('select', { id: 'choose-whose', onchange: look }, ...others.map(({ id, name }) => h('option', { value: id }, data(name))));
  const day = h('input', { id: 'choose-day', type: 'date', min: today, value: its < today ? today : its, onchange: look });
  const time = h('input', { id: 'choose-time', type: 'time', oninput: () => free.other() });
  const free = freeTimes(api, times, time, (date) => {
    day.value = date;
    look();
    day.focus();
  });
  whose.value = practitioner;
  const element = h('div', { class: 'choose' },
    others.length === 0 ? null : h('div', {}, h('label', { for: 'choose-whose' }, t('choose.whose')), whose),
    h('div', {}, h('label', { for: 'choose-day' }, t('choose.day')), day),
    free.element);

  const chosen = () => (others.length === 0 ? practitioner : whose.value);

  function look() {
    if (day.value !== '') void free.show({ day: day.value, practitioner: chosen(), type, moving, own: chosen() === practitioner ? Date.parse(now.starts_at) : null });
  }

  /** What was chosen. Throws `Missing`. @returns {Times & { practitioner: string }} */
  function value() {
    const starts = free.chosen() ?? entered();
    const length = Date.parse(now.ends_at) - Date.parse(now.starts_at);
    return { practitioner: chosen(), starts_at: new Date(starts).toISOString(), ends_at: new Date(starts + length).toISOString() };
  }

  function entered() {
    if (day.value === '') throw new Missing(t('choose.missing'), day);
    if (time.value === '') throw new Missing(t('choose.missing'), free.first() ?? time);
    const found = instantOf(day.value, time.value, times.zone);
    if (found === 'skipped') throw new Missing(t('find.skipped'), time);
    if (found === 'twice') throw new Missing(t('find.twice'), time);
    return found;
  }

  look();
  return { element, value };
}
