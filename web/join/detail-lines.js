// The details of a link, once they are known.

import { blocking, warnings } from '../lib/row-state.js';
import { yoursList } from '../ui/check-words.js';
import { calendarButton } from '../ui/calendar.js';
import { copyField } from '../ui/copy.js';
import { h } from '../ui/dom.js';
import { instantLines } from '../ui/instant-lines.js';
import { t } from '../ui/page.js';
import { phoneLine } from '../ui/refusal.js';
import { data } from '../ui/words.js';
import { askToCancelOwn } from './cancel.js';
import { cancelPart } from './cancel-part.js';

/** @typedef {import('../lib/shown.js').OwnLink} OwnLink */
/** @typedef {import('../lib/i18n.js').Text} Text */

/**
 * @param {OwnLink} link
 * @param {boolean} times whether the page does not say them already
 * @param {import('../lib/api.js').Api} api
 * @param {(phone: string | null) => void} oncancelled
 * @returns {HTMLElement[]}
 */
export function detailLines(link, times, api, oncancelled) {
  const cancel = () => askToCancelOwn(link, api, () => oncancelled(link.phone));
  return [facts(link, times), ...state(link), ...entry(link, api), ...bookmark(link), ...cancelPart(link, cancel)];
}

/** @param {OwnLink} link @param {boolean} times */
function facts({ appointment, time_zone: zone }, times) {
  const { starts_at: start, window, practitioner_name: practitioner } = appointment;
  const said = (/** @type {Text} */ name, /** @type {string} */ instant) =>
    (times ? [h('dt', {}, name), ...instantLines(instant, zone)] : []);
  return h('dl', { class: 'facts' },
    ...said(t('details.when'), start),
    ...(practitioner === null ? [] : [h('dt', {}, t('details.with')), h('dd', {}, data(practitioner))]),
    ...said(t('details.opens'), window.opens_at));
}

/** What else may fail without blocking is the clinic's set-up, changed after this link was given out: nothing to worry about (B4). */
const ABOUT_MESSAGES = ['contact_missing', 'contact_invalid', 'message_undelivered'];

/** @param {OwnLink} link */
function state({ usable, checks, phone }) {
  const keeping = blocking(checks);
  const minor = warnings(checks).filter(({ code }) => ABOUT_MESSAGES.includes(code));
  return [
    ...(usable ? [h('p', { class: 'notice good' }, t('details.good'))] : []),
    ...listed(t('details.trouble'), keeping),
    ...listed(t('details.warning'), minor),
    ...[keeping.length + minor.length === 0 ? null : phoneLine(phone)].filter((line) => line !== null),
  ];
}

/** @param {Text} heading @param {OwnLink['checks']} checks */
function listed(heading, checks) {
  return checks.length === 0 ? [] : [h('h2', {}, heading), yoursList(checks)];
}

/** C9. @param {OwnLink} link @param {import('../lib/api.js').Api} api */
function entry({ usable, appointment }, api) {
  return usable ? [calendarButton(api, appointment.id, api.token)] : [];
}

/** @param {OwnLink} link */
function bookmark({ address }) {
  if (address === null) return [];
  return [h('h2', {}, t('details.address')), h('p', {}, t('details.addressText')),
    copyField({ id: 'address', label: t('details.addressLabel'), value: address })];
}
