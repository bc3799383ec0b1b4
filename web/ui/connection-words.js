// How good the connection is, in words and by a sign whose shape tells it as well as its colour (E3).

import { h, say } from './dom.js';
import { announce, t } from './page.js';

/** @typedef {import('../lib/quality.js').Grade} Grade */
/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */
/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../lib/i18n.js').Text} Text */

export function connectionSign() {
  const icon = h('span', { class: 'icon', 'aria-hidden': 'true' });
  const word = h('span', { class: 'signal-word' });
  const element = h('span', { class: 'signal', hidden: true }, icon, h('span', { class: 'unseen' }, t('signal.label')), word);

  /** @param {Grade | undefined} grade nothing is known yet, or there is no connection */
  function update(grade) {
    element.hidden = grade === undefined;
    if (grade === undefined) return;
    element.dataset['grade'] = grade;
    icon.className = `icon icon-signal-${grade}`;
    say(word, t(`signal.${grade}`));
  }

  return { element, update };
}

/** What to do about one's own connection, with the button that does it. @param {OwnMedia} own */
export function connectionAdvice(own) {
  const text = h('span', { role: 'status' });
  const button = h('button', { type: 'button', class: 'control', id: 'advice', onclick: () => void own.turnSoundOnly(!own.soundOnly) });
  const element = h('div', { class: 'advice', hidden: true }, text, button);
  const news = connectionNews();

  /** @param {Visit} visit */
  function update(visit) {
    const grade = visit.watch.own;
    const weak = grade === 'weak' || grade === 'poor';
    element.hidden = !weak && !own.soundOnly;
    say(text, own.soundOnly ? t('signal.now') : weak ? t(`signal.advice.${grade}`) : '');
    say(button, own.soundOnly ? t('signal.pictures') : t('signal.soundOnly'));
    news(visit, grade);
  }

  return { element, update };
}

/** Says aloud what has changed for long, once: of oneself, or of the one whose connection alone is bad. */
function connectionNews() {
  /** @type {Map<string, Grade>} */
  const before = new Map();
  /** @type {Grade | undefined} */
  let mine;

  /** @param {Visit} visit @param {Grade | undefined} now */
  return function update({ state, watch }, now) {
    const relieved = now === 'good' && mine !== undefined && mine !== 'good';
    if (relieved) announce(t('signal.again'));
    mine = now ?? mine;
    for (const { sid, name } of state.people) {
      const grade = watch.grades.get(sid);
      const last = before.get(sid) ?? 'good';
      if (grade === undefined || grade === last) continue;
      before.set(sid, grade);
      // With one's own connection the others' words change, too; one announcement is enough.
      if (now === 'good' && !relieved) announce(t(`signal.other.${grade}`, { name }));
    }
  };
}
