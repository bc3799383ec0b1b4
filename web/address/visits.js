// The visits behind an address: the next one, the others, and forgetting this device.

import { forgetDevice } from '../lib/calls/address.js';
import { h, say } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { phoneLine } from '../ui/refusal.js';
import { day } from '../ui/words.js';
import { refusalText } from './moments.js';
import { nextVisit, visitRow } from './visit.js';

/** @typedef {import('../lib/shown.js').Opened} Opened */
/** @typedef {import('../lib/shown.js').Entry} Entry */
/** @typedef {import('../lib/devices.js').Remembered} Remembered */

/** Milliseconds between looks whether a visit has opened meanwhile. */
const LOOK = 5_000;

/**
 * @param {object} options
 * @param {import('../lib/api.js').Api} options.api
 * @param {string} options.address
 * @param {Opened} options.opened
 * @param {import('../lib/server-clock.js').ServerClock} options.clock
 * @param {Remembered | null} options.remembered
 * @param {() => void} options.onforgotten
 */
export function visitsView({ api, address, opened, clock, remembered, onforgotten }) {
  entitle(t('address.title'));
  const { current, time_zone: zone, phone } = opened;
  const others = opened.upcoming.filter((entry) => !same(entry, current));
  const next = current === null ? null : nextVisit(current, zone, clock);
  const timer = setInterval(() => next?.update(), LOOK);
  const element = h('section', { class: 'column' },
    h('h1', {}, t('address.title')),
    next === null && others.length === 0 ? h('p', { class: 'card' }, t('address.none')) : null,
    next === null ? null : next.element,
    others.length === 0 ? null : h('h2', {}, t('address.further')),
    others.length === 0 ? null : h('ul', { class: 'visits' }, ...others.map((entry) => visitRow(entry, zone))),
    phoneLine(phone),
    remembered === null ? null : forgetting(remembered));

  /** @param {Remembered} kept */
  function forgetting({ device, until }) {
    const trouble = h('p', { class: 'trouble', role: 'alert' });
    const button = h('button', { type: 'button', class: 'secondary', id: 'forget', onclick: () => void forget() }, t('address.forget'));

    async function forget() {
      try {
        await forgetDevice(api, address, device);
        onforgotten();
      } catch (error) {
        say(trouble, refusalText(problemOf(error)));
      }
    }

    return h('div', { class: 'card' }, h('p', {}, t('address.remembered', { date: day(until) })), button, trouble);
  }

  return { element, close: () => clearInterval(timer) };
}

/** @param {Entry} one @param {Entry | null} other */
function same(one, other) {
  return other !== null && one.starts_at === other.starts_at && one.link === other.link;
}
