// A day's free times to choose from, and the next day that has any; the last choice is a time of one's own.

import { freeSlots } from '../lib/calls/appointments.js';
import { dayAfter } from '../lib/time.js';
import { dateWords } from './clinic-times.js';
import { h } from './dom.js';
import { t } from './page.js';
import { problemOf } from './problem.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').Slot} Slot */

/** Days that are looked through for the next free one. */
const AHEAD = 42;

/**
 * @param {import('../lib/api.js').Api} api
 * @param {import('./clinic-times.js').ClinicTimes} times
 * @param {HTMLInputElement} own the field for a time that is not in the list
 * @param {(date: string) => void} go to a day that has free times
 */
export function freeTimes(api, times, own, go) {
  const status = h('div', { role: 'status' });
  const choices = h('div', { class: 'choices' });
  const other = h('input', { type: 'radio', name: 'choose', value: '', id: 'choose-other' });
  const otherChoice = h('label', { class: 'choice', hidden: true }, other, t('choose.other'));
  const ownLabel = h('label', { for: own.id }, t('choose.time'));
  const element = h('fieldset', { class: 'free' }, h('legend', {}, t('choose.legend')), status, choices, h('div', { class: 'choose-other' }, otherChoice, ownLabel, own));
  /** Of two loads under way only the later one counts. */
  let turn = 0;

  /** `own`: the time it has, which is no other. @param {{ day: string, practitioner: string, type: string | null, moving: string, own: number | null }} asked */
  async function show({ day, practitioner, type, moving, own: its }) {
    const mine = (turn += 1);
    if (type === null) return;
    try {
      const slots = await freeSlots(api, { type, practitioner, from: day, to: dayAfter(day, AHEAD), moving });
      if (mine === turn) fill(slots.filter(({ starts_at: start }) => Date.parse(start) !== its), day);
    } catch (error) {
      problemOf(error); // any time can still be entered
      if (mine === turn) fill([], '');
    }
  }

  /** @param {readonly Slot[]} slots @param {string} day */
  function fill(slots, day) {
    const its = slots.filter((slot) => times.dateOf(slot.starts_at) === day);
    const next = its.length > 0 ? undefined : slots[0];
    choices.replaceChildren(...its.map((slot) =>
      h('label', { class: 'choice' }, h('input', { type: 'radio', name: 'choose', value: slot.starts_at }), times.clock(slot.starts_at))));
    otherChoice.hidden = its.length === 0;
    ownLabel.className = its.length === 0 ? '' : 'unseen';
    other.checked = false;
    status.replaceChildren(...(its.length > 0 ? [] : [h('p', { class: 'quiet' }, day === '' ? t('choose.unknown') : t('choose.none'))]),
      ...(next === undefined ? [] : [nextButton(times.dateOf(next.starts_at))]));
  }

  /** @param {string} date */
  function nextButton(date) {
    return h('button', { type: 'button', class: 'secondary', id: 'choose-next', onclick: () => go(date) }, t('choose.next', { day: dateWords(date) }));
  }

  return {
    element,
    show,
    /** Something was entered by hand: then that is meant. */
    other: () => { other.checked = !otherChoice.hidden; },
    /** Milliseconds since 1970. */
    chosen: () => {
      const [picked] = /** @type {HTMLInputElement[]} */ ([...choices.querySelectorAll('input:checked')]);
      return picked === undefined ? null : Date.parse(picked.value);
    },
    first: () => (other.checked ? null : /** @type {HTMLElement | null} */ (choices.querySelector('input'))),
  };
}
