// Two appointments for one place: who has it, who has none, and the ways out (C3, C7).

import { dismiss, reallocate, seatWaiting } from '../lib/calls/clashes.js';
import { holderOf } from '../lib/can-do.js';
import { ask, reasonField } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { needed } from '../ui/ask-outcome.js';
import { askForPlace, refused } from './moving.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('../lib/shown.js').Clash} Clash */
/** @typedef {{ desk: import('./desk.js').Desk, tell: (said: Text) => void, tried: (act: () => Promise<void>) => Promise<void> }} Ways */

/** @param {Clash} clash @param {Ways} ways */
export function clashLine(clash, ways) {
  const { desk } = ways;
  const { id } = clash;
  const other = holderOf(clash);
  const waiting = desk.patientOf(clash);
  return h('li', { class: 'card clash' },
    h('h3', {}, t('clash.title', { name: waiting })),
    h('dl', { class: 'facts' },
      h('dt', {}, t('clash.waits')), h('dd', {}, desk.about(clash)),
      h('dt', {}, t('clash.has')), h('dd', {}, other === null ? t('clash.nobody') : desk.about(other))),
    h('div', { class: 'buttons' },
      ...(other === null
        ? [button(`seat-here-${id}`, t('clash.seatHere', { name: waiting }), 'primary', () => askToSeatHere(clash, ways))]
        : [button(`seat-move-${id}`, t('clash.move', { name: desk.patientOf(other) }), 'primary', () => void ways.tried(() => moveOther(clash, other, ways)))]),
      button(`seat-else-${id}`, t('clash.elsewhere', { name: waiting }), 'secondary', () => void ways.tried(() => seatElsewhere(clash, ways))),
      h('button', { type: 'button', class: 'secondary', id: `dismiss-${id}`, 'aria-label': t('clash.dismissWho', { name: waiting }), onclick: () => askToDismiss(clash, ways) },
        t('clash.dismiss'))));
}

/** @param {string} id @param {Text} label @param {string} kind @param {() => void} act */
function button(id, label, kind, act) {
  return h('button', { type: 'button', class: kind, id, onclick: act }, label);
}

/** @param {Clash} clash @param {Appointment} other @param {Ways} ways */
function moveOther(clash, other, { desk, tell }) {
  const [name, waiting] = [desk.patientOf(other), desk.patientOf(clash)];
  return askForPlace({
    heading: t('clash.moveHeading', { name }), about: [desk.about(other), t('clash.moveText', { name: waiting })], yes: t('clash.moveDo'), now: other, desk,
    act: (seat, key) => reallocate(desk.api, other.id, { ...seat, seat: clash.id }, key),
    done: (when) => tell(t('clash.moved', { name, when, waiting })),
  });
}

/** @param {Clash} clash @param {Ways} ways */
function seatElsewhere(clash, { desk, tell }) {
  const name = desk.patientOf(clash);
  return askForPlace({
    heading: t('clash.elseHeading', { name }), about: [desk.about(clash), t('clash.elseText')], yes: t('clash.elseDo'), now: clash, desk,
    act: (seat, key) => seatWaiting(desk.api, clash.id, seat, key),
    done: (when) => tell(t('clash.seated', { name, when })),
  });
}

/** @param {Clash} clash @param {Ways} ways */
function askToSeatHere(clash, { desk, tell }) {
  const name = desk.patientOf(clash);
  const reason = reasonField({ label: t('reason.label'), hint: t('reason.hint') });
  ask({
    heading: t('clash.seatHere', { name }), body: [h('p', {}, desk.about(clash)), reason.element], yes: t('clash.elseDo'), no: t('move.keep'), kind: 'primary',
    act: (key) => seatWaiting(desk.api, clash.id, { starts_at: clash.starts_at, ends_at: clash.ends_at, reason: needed(reason) }, key),
    done: () => tell(t('clash.seated', { name, when: desk.times.at(clash.starts_at) })),
    refused,
  });
}

/** @param {Clash} clash @param {Ways} ways */
function askToDismiss(clash, { desk, tell }) {
  const name = desk.patientOf(clash);
  ask({
    heading: t('clash.dismissHeading', { name }), body: [h('p', {}, desk.about(clash)), h('p', {}, t('clash.dismissText'))],
    yes: t('clash.dismissDo'), no: t('clash.dismissKeep'),
    act: () => dismiss(desk.api, clash.id), done: () => tell(t('clash.dismissed', { name })), refused,
  });
}
