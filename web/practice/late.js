// Running late: everybody who waits is told until when, and here it stays in sight for as long as it holds (D5).

import { oneAtATime } from '../ui/act.js';
import { h, say } from '../ui/dom.js';
import { sayForAWhile, t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { clockInBoth } from '../ui/words.js';
import { commanded, refusalText } from './refused.js';

/** Minutes to choose from: what one can say without a calculator. */
const CHOICES = [5, 10, 15, 20, 30, 45, 60];

/** @param {import('../lib/visit.js').Visit} visit */
export function lateForm(visit) {
  const minutes = h('select', { id: 'late-minutes' }, ...CHOICES.map((choice) => h('option', { value: String(choice) }, t('late.option', { minutes: choice }))));
  const told = h('p', { class: 'late-told', role: 'status' });
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const hint = h('p', { class: 'quiet' }, t('late.text'));
  const submit = h('button', { type: 'submit', class: 'secondary' });
  const back = h('button', { type: 'button', class: 'secondary', id: 'late-back', onclick: () => tell(0) }, t('late.back'));
  const element = h('form', { class: 'card late', onsubmit: (event) => { event.preventDefault(); tell(Number(minutes.value)); } },
    h('h2', {}, t('late.heading')), told, hint,
    h('label', { for: 'late-minutes' }, t('late.minutes')), minutes,
    h('div', { class: 'buttons' }, submit, back), trouble);
  const tried = oneAtATime(trouble, (error) => say(trouble, refusalText(problemOf(error))));
  let wasLate = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {number} count minutes; 0 takes it back */
  function tell(count) {
    void tried(() => commanded(visit, 'running_late', { minutes: count }));
  }

  function update() {
    const { lateUntil } = visit.state;
    const late = lateUntil !== null && Date.parse(lateUntil) > visit.clock.now();
    element.classList.toggle('is-late', late);
    if (late) say(told, t('late.told', { time: clockInBoth(lateUntil, visit.state.timeZone) }));
    else if (wasLate && lateUntil === null) sayForAWhile(told, t('late.none'));
    else if (wasLate) say(told, ''); // its time has come
    if (document.activeElement === back && !late) submit.focus();
    hint.hidden = late;
    back.hidden = !late;
    say(submit, late ? t('late.change') : t('late.tell'));
    wasLate = late;
    clearTimeout(timer);
    if (late) timer = setTimeout(update, Date.parse(lateUntil) - visit.clock.now());
  }

  update();
  return { element, update, close: () => clearTimeout(timer) };
}
