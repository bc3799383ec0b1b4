// Everything there is to know about one appointment, as a list of terms.

import { typeOf } from '../lib/calls/appointments.js';
import { placeOf, sameClock, viewerZone } from '../lib/time.js';
import { clinicTimes } from '../ui/clinic-times.js';
import { h, say } from '../ui/dom.js';
import { byText, outcomeText, statusText } from '../ui/history-words.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { data } from '../ui/words.js';
import { linkTrouble } from './appointment-state.js';

/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('./diary.js').Diary} Diary */

/** @param {Appointment} appointment @param {Diary} diary */
export function factsOf(appointment, diary) {
  const { times } = diary;
  const { starts_at: start, ends_at: end, window, status, outcome, guests, cancelled } = appointment;
  const minutes = Math.round((Date.parse(end) - Date.parse(start)) / 60_000);
  const trouble = linkTrouble(appointment);
  return h('dl', { class: 'facts' },
    ...fact(t('fact.time'), t('fact.timeIs', { span: times.span(appointment), minutes })),
    ...ownTime(appointment, times.zone),
    ...fact(t('fact.patient'), diary.nameOf(appointment)),
    ...fact(t('fact.withThem'), data(guests.map(({ name }) => name).join(', '))),
    h('div', {}, h('dt', {}, t('fact.kind')), typeName(appointment, diary)),
    ...fact(t('fact.state'), outcome === null ? statusText(status) : t('fact.stateIs', { status: statusText(status), outcome: outcomeText(outcome) })),
    ...fact(t('fact.link'), trouble === null ? '' : t('list.link', { why: trouble })),
    ...fact(t('fact.window'), t('fact.windowIs', { from: times.when(window.opens_at), to: times.clock(window.closes_at) })),
    ...(cancelled === null ? [] : fact(t('fact.cancelled'), t('fact.cancelledIs', { by: byText(cancelled.by), at: times.at(cancelled.at) }))),
    ...fact(t('fact.reason'), data(cancelled?.reason ?? '')),
    ...fact(t('fact.noteIs'), data(cancelled?.note ?? '')));
}

/** Where one's own clock shows another time. @param {Appointment} appointment @param {string} zone */
function ownTime(appointment, zone) {
  const here = viewerZone();
  return sameClock(appointment.starts_at, zone, here) ? [] : fact(t('fact.here', { here: placeOf(here) }), clinicTimes(here).span(appointment));
}

/** @param {Text} term @param {Text | ''} words nothing to say: no line */
function fact(term, words) {
  return words === '' ? [] : [h('div', {}, h('dt', {}, term), h('dd', {}, words))];
}

/** @param {Appointment} appointment @param {Diary} diary */
function typeName({ type, external_type: external }, diary) {
  const element = h('dd', {}, data(external ?? type ?? '–'));
  if (type !== null) void named(element, type, diary);
  return element;
}

/** @param {HTMLElement} element @param {string} type @param {Diary} diary */
async function named(element, type, { api, types }) {
  const asked = types.get(type) ?? typeOf(api, type);
  types.set(type, asked);
  try {
    say(element, data((await asked).name));
  } catch (error) {
    problemOf(error); // its id stands there, which is better than nothing
    types.delete(type);
  }
}
