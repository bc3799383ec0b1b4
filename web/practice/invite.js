// An interpreter or companion is invited, from the call or the lobby: who, and then their link and how it is getting on (D9).

import { invite, invitedTo, withdraw } from '../lib/calls/guests.js';
import { isFull } from '../lib/visit-state.js';
import { oneAtATime } from '../ui/act.js';
import { Missing, ask } from '../ui/ask.js';
import { h, say } from '../ui/dom.js';
import { inviteFields } from '../ui/invite-fields.js';
import { inviteProblem } from '../ui/invite-problem.js';
import { invitedRow } from '../ui/invited-row.js';
import { keptLists } from '../ui/kept-lists.js';
import { announce, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { visitChoice } from './visit-choice.js';

/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../lib/api.js').Api} Api */
/** @typedef {import('../lib/calls/guests.js').Invited} Invited */
/** @typedef {import('../lib/i18n.js').Text} Text */

/** Milliseconds between looks at whether a message has arrived; the last goes on. */
const LOOKS = [1_000, 2_000, 4_000, 8_000, 15_000];

/** @param {Visit} visit @param {Api} api @param {{ choose: boolean }} how `choose`: the visit is asked for, too */
export function inviteCard(visit, api, { choose }) {
  const fields = inviteFields();
  const choice = choose ? visitChoice(visit, api, () => reload()) : null;
  const full = h('p', { class: 'notice', role: 'status' });
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const submit = h('button', { type: 'submit', class: 'primary', id: 'invite-do' }, t('invite.do'));
  const form = h('form', { onsubmit: send, novalidate: true }, ...(choice === null ? [] : [choice.element]), ...fields.elements, full, h('div', { class: 'buttons' }, submit), trouble);
  const list = h('ul', { class: 'invited' });
  const element = h('details', { class: 'card invite', id: 'invite', ontoggle: opened },
    h('summary', {}, t('invite.heading')), h('div', { class: 'details-body' }, h('p', {}, t('invite.text')), form, list));
  const tried = oneAtATime(trouble, complain);
  const lists = keptLists(({ id }) => id, (/** @type {import('../ui/invited-row.js').Shown} */ guest, open) => invitedRow(guest, api, open, askToWithdraw));
  /** Who was invited to this visit. @type {readonly Invited[]} */
  let guests = [];
  let timer = 0;
  let looks = 0;
  /** Of two loads under way only the later one counts. */
  let turn = 0;

  const appointment = () => (choice === null ? visit.state.appointment ?? '' : choice.value());
  const reload = () => void load().catch(complain);

  function opened() {
    clearTimeout(timer);
    if (!element.open) return;
    void tried(async () => {
      await choice?.load();
      await load();
    });
  }

  /** Raises an `ApiProblem`. */
  async function load() {
    const [mine, id] = [(turn += 1), appointment()];
    const found = id === '' ? [] : await invitedTo(api, id);
    if (mine !== turn) return;
    fill(found);
    follow();
  }

  /** @param {readonly Invited[]} found @param {boolean} [open] whoever is new */
  function fill(found, open = false) {
    guests = found;
    submit.disabled = appointment() === '';
    lists.fill([{ list, rows: guests.map((guest) => ({ ...guest, where: whereIs(guest.person, visit.state) })) }], open);
  }

  /** Looks again until every message has arrived or failed. */
  function follow() {
    clearTimeout(timer);
    const waits = guests.some(({ email, phone, message }) => (email !== null || phone !== null) && message.state === 'pending');
    if (!waits || !element.open || !element.isConnected) return;
    timer = window.setTimeout(() => void look(), LOOKS[Math.min(looks, LOOKS.length - 1)]);
    looks += 1;
  }

  async function look() {
    try {
      await load();
    } catch (error) {
      problemOf(error); // what is shown was true a moment ago: the next look may succeed
      follow();
    }
  }

  /** @param {Event} event */
  function send(event) {
    event.preventDefault();
    void tried(async () => {
      const who = fields.value();
      const id = appointment();
      const made = await invite(api, id, who, fields.keyOf(id, who));
      turn += 1; // a list that was asked for before does not know them yet
      looks = 0;
      fields.clear();
      fill([...guests, made], true);
      announce(t('invite.done', { name: made.name }));
      document.getElementById(`invited-${made.id}`)?.focus();
      follow();
    });
  }

  /** @param {unknown} error */
  function complain(error) {
    const said = error instanceof Missing ? error : fields.blame(problemOf(error));
    if (said instanceof Missing) {
      say(trouble, said.text);
      said.field.focus();
    } else {
      say(trouble, inviteProblem(problemOf(said)));
    }
  }

  /** @param {Invited} guest */
  function askToWithdraw({ id, name }) {
    ask({
      heading: t('invite.withdrawHeading', { name }),
      body: [h('p', {}, t('invite.withdrawText'))],
      yes: t('invite.withdrawDo'),
      no: t('invite.withdrawNot'),
      act: () => withdraw(api, appointment(), id),
      done: () => {
        fill(guests.filter((guest) => guest.id !== id));
        fields.name.focus();
        announce(t('invite.withdrawn', { name }));
      },
      refused: inviteProblem,
    });
  }

  function update() {
    const noSeat = isFull(visit.state);
    full.hidden = !noSeat;
    say(full, noSeat ? t('invite.full') : '');
    if (element.open) choice?.update();
    fill(guests);
  }

  update();
  return { element, update, fill, close: () => clearTimeout(timer) };
}

/** @param {string} person @param {import('../lib/visit-state.js').State} state @returns {Text | ''} */
function whereIs(person, { people, queue }) {
  if (people.some((each) => each.person === person)) return t('invite.inside');
  return queue.some((each) => each.person === person) ? t('invite.waits') : '';
}
