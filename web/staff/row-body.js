// What an opened row shows: what keeps the link back, everybody's link, and what helps somebody on the telephone.

import { canDo } from '../lib/can-do.js';
import { canExtend } from '../lib/row-state.js';
import { h, say } from '../ui/dom.js';
import { historyOf } from '../ui/history.js';
import { announce, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { serverClock } from '../ui/server-clock.js';
import { askToExtend, askToInvite } from './acts.js';
import { allChecks, failingChecks } from './checks.js';
import { diaryButtons } from './diary-acts.js';
import { downloadBundle } from './download.js';
import { peopleLinks } from './people.js';
import { refusalText } from './refused.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').LinkRow} LinkRow */
/** @typedef {import('./desk.js').Desk} Desk */

/** @param {LinkRow} first @param {Desk} desk */
export function rowBody(first, desk) {
  const { id } = first.appointment;
  const news = h('div', { class: 'news', role: 'status' });
  const failing = h('div', {});
  const people = h('div', {});
  const checks = h('div', {});
  const past = historyOf(id, desk, refusalText);
  const about = h('p', { class: 'quiet' });
  let row = first;
  let shown = false;
  let told = '';
  const diary = h('div', { class: 'together' });
  const extend = h('button', { type: 'button', class: 'secondary', id: `extend-${id}`, onclick: () => askToExtend(row.appointment, desk, tell) }, t('row.extend'));
  const invite = h('button', { type: 'button', class: 'secondary', id: `invite-${id}`, onclick: () => askToInvite(row.appointment, desk, tell) }, t('invite.open'));
  const tools = h('div', { class: 'buttons tools' }, diary, invite, extend,
    h('button', { type: 'button', class: 'secondary', id: `bundle-${id}`, 'aria-describedby': `bundle-hint-${id}`, onclick: () => void bundle() }, t('row.bundle')));
  const element = h('div', { class: 'row-body' }, news, failing, people, tools,
    h('p', { class: 'quiet', id: `bundle-hint-${id}` }, t('row.bundleHint')),
    h('details', {}, h('summary', {}, t('fix.all')), checks), past.element,
    about);

  /** @param {Text | HTMLElement} what */
  function tell(what) {
    news.replaceChildren(typeof what === 'string' ? h('p', { class: 'notice good' }, what) : what);
  }

  async function bundle() {
    try {
      await downloadBundle(desk.api, id);
      tell(t('row.bundleDone'));
    } catch (error) {
      const text = refusalText(problemOf(error));
      announce(text, true);
      tell(h('p', { class: 'notice warn' }, text));
    }
  }

  /** @param {LinkRow} next */
  function update(next) {
    row = next;
    if (shown) fill();
  }

  /** @param {boolean} open */
  function show(open) {
    shown = open;
    if (open) fill();
  }

  function fill() {
    const now = JSON.stringify([row, canDo(row.appointment, serverClock.now())]);
    if (told === now) return;
    told = now;
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    failing.replaceChildren(...failingChecks(row, desk, tell));
    people.replaceChildren(...peopleLinks(row, desk, tell));
    checks.replaceChildren(allChecks(row));
    diary.replaceChildren(...diaryButtons(row.appointment, desk, tell));
    invite.hidden = !row.appointment.link.usable;
    extend.hidden = !canExtend(row.appointment);
    say(about, t('row.id', { id, span: desk.times.span(row.appointment) }));
    past.update();
    if (focused === null || focused.isConnected) return;
    // What was pressed may not be there any more, as "Take back" after taking back: then to what can be done next.
    (document.getElementById(focused.id) ?? element.querySelector('button'))?.focus();
  }

  return { element, update, show };
}
