// In the room, for its practitioner: what can be done with each person, the lock, handing over (D3).

import { oneAtATime } from '../ui/act.js';
import { ask } from '../ui/ask.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { switchButton } from '../ui/switch.js';
import { data } from '../ui/words.js';
import { askToHandOver } from './hand-over.js';
import { commanded, refusalText } from './refused.js';

/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../lib/visit-state.js').Present} Present */

/** @param {Visit} visit @param {import('../lib/api.js').Api} api */
export function inRoom(visit, api) {
  const list = h('ul', { class: 'hosted' });
  const nobody = h('p', { class: 'quiet' }, t('host.nobody'));
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const tried = oneAtATime(trouble, (error) => say(trouble, refusalText(problemOf(error))));
  const lock = switchButton({
    id: 'lock', label: t('host.lock'), words: [t('host.open'), t('host.locked')], on: false,
    onpress: (on) => void tried(() => commanded(visit, 'lock', { on })),
  });
  const hint = h('p', { class: 'quiet', role: 'status' });
  const over = h('button', { type: 'button', class: 'secondary', id: 'hand-over', onclick: handOver }, t('hand.open'));
  const element = h('section', { class: 'card', 'aria-labelledby': 'in-room' },
    h('h2', { id: 'in-room' }, t('call.present')), nobody, list,
    h('div', { class: 'switch-line' }, lock.element, h('span', { class: 'quiet', 'aria-hidden': 'true' }, t('host.lock'))), hint, over, trouble);
  let shown = '';

  function handOver() {
    void tried(async () => say(trouble, await askToHandOver(visit, api)));
  }

  /** @param {Present} person */
  function sendBack({ sid }) {
    void tried(() => commanded(visit, 'send_back', { sid }));
  }

  function update() {
    const { people, locked, room } = visit.state;
    const visitors = people.filter(({ role }) => role !== 'practitioner');
    lock.update(room !== null && locked.includes(room));
    say(hint, room !== null && locked.includes(room) ? t('host.isLocked') : t('host.isOpen'));
    over.disabled = visitors.length === 0;
    nobody.hidden = visitors.length > 0;
    if (shown === JSON.stringify(visitors)) return;
    shown = JSON.stringify(visitors);
    const focused = document.activeElement?.id ?? '';
    list.replaceChildren(...visitors.map((person) => row(person, () => sendBack(person), () => askToRemove(visit, person))));
    if (focused.startsWith('back-') || focused.startsWith('remove-')) document.getElementById(focused)?.focus();
  }

  update();
  return { element, update };
}

/** @param {Present} person @param {() => void} sendBack @param {() => void} remove */
function row({ sid, name, role, online }, sendBack, remove) {
  const facts = [...(role === 'guest' ? [t('meeting.guest')] : []), ...(online === false ? [t('meeting.offline')] : [])];
  const who = data(name);
  return h('li', {},
    h('p', { class: 'who' }, who), facts.length === 0 ? null : h('p', { class: 'quiet' }, data(facts.join(' · '))),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'secondary', id: `back-${sid}`, 'aria-label': t('host.backWho', { name: who }), onclick: sendBack }, t('host.back')),
      h('button', { type: 'button', class: 'secondary', id: `remove-${sid}`, 'aria-label': t('host.removeWho', { name: who }), onclick: remove }, t('host.remove'))));
}

/** @param {Visit} visit @param {Present} person */
function askToRemove(visit, { sid, name }) {
  ask({
    heading: t('host.removeHeading', { name: data(name) }),
    body: [h('p', {}, t('host.removeText'))],
    yes: t('host.removeDo'),
    no: t('host.removeKeep'),
    act: () => commanded(visit, 'remove', { sid }),
    done: () => {},
    refused: refusalText,
  });
}
