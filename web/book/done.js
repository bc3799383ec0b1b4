// It is booked: when, the link, and what happens next.

import { h } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';
import { phoneLine } from '../ui/refusal.js';
import { data } from '../ui/words.js';
import { nextSteps } from './next-steps.js';
import { ownLinkCard } from './own-link.js';
import { whenFact } from './when.js';

/** @param {import('./open.js').Desk} desk @param {import('../lib/calls/booking.js').Booked} booked @param {import('./open.js').Steps} steps */
export function doneView(desk, booked, steps) {
  entitle(t('book.done'));
  const { time_zone: zone, phone } = desk.offer.clinic;
  const { patient } = booked.links;
  const more = () => {
    desk.store.forget();
    steps.choose();
  };
  const element = h('section', { class: 'column' },
    h('h1', {}, t('book.done')),
    h('dl', { class: 'facts' }, ...whenFact(booked.starts_at, zone),
      ...(booked.practitioner_name === null ? [] : [h('dt', {}, t('book.with')), h('dd', {}, data(booked.practitioner_name))])),
    ownLinkCard(desk, booked),
    ...(patient === undefined ? [] : nextSteps(booked, patient.link, { zone, cancelMinutes: desk.offer.cancel_minutes, now: desk.clock.now() })),
    phoneLine(phone),
    desk.known ? null : h('p', {}, h('button', { type: 'button', class: 'secondary', id: 'more', onclick: more }, t('book.more'))));
  return { element };
}
