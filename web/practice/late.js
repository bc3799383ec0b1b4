// Running late: everybody who waits is told until when (D5).

import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { clock } from '../ui/words.js';
import { refusalText } from './refused.js';

/** Minutes to choose from: what one can say without a calculator. */
const CHOICES = [5, 10, 15, 20, 30, 45, 60];

/** @param {import('../lib/visit.js').Visit} visit */
export function lateForm(visit) {
  const minutes = h('select', { id: 'late-minutes' }, ...CHOICES.map((choice) => h('option', { value: String(choice) }, t('late.option', { minutes: choice }))));
  const result = h('p', { role: 'status' });
  const back = h('button', { type: 'button', class: 'secondary', hidden: true, onclick: () => void tell(0) }, t('late.back'));
  const form = h('form', { class: 'card late', onsubmit: submit },
    h('h2', {}, t('late.heading')), h('p', { class: 'quiet' }, t('late.text')),
    h('label', { for: 'late-minutes' }, t('late.minutes')), minutes,
    h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'secondary' }, t('late.tell')), back), result);

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    void tell(Number(minutes.value));
  }

  /** @param {number} count */
  async function tell(count) {
    const answer = await visit.command('running_late', { minutes: count });
    if (answer.type === 'error') say(result, refusalText(answer));
    else say(result, count === 0 ? t('late.none') : t('late.told', { time: clock(visit.clock.now() + count * 60_000) }));
    back.hidden = answer.type === 'error' ? back.hidden : count === 0;
  }

  return form;
}
