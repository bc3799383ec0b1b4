// Completed or no-show by hand, and taken back (C8): asked first, since it is counted.

import { setOutcome } from '../lib/calls/appointments.js';
import { Missing, ask, reasonField } from './ask.js';
import { h } from './dom.js';
import { t } from './page.js';

/** @typedef {import('../lib/i18n.js').Key} Key */
/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {'complete' | 'no-show' | 'undo'} What */

/**
 * @param {object} how
 * @param {import('../lib/api.js').Api} how.api
 * @param {string} how.id
 * @param {What} how.what
 * @param {Text} how.about the appointment, in words
 * @param {boolean} how.why whether a reason is needed
 * @param {(problem: import('../lib/api.js').ApiProblem) => Text} how.refused
 * @param {(said: Text) => void} how.done
 */
export function askOutcome({ api, id, what, about, why, refused, done }) {
  const reason = reasonField({ label: why ? t('reason.label') : t('reason.optional'), hint: t('decide.hint') });
  ask({
    heading: t(/** @type {Key} */ (`decide.${what}.heading`)),
    body: [h('p', { class: 'who' }, about), h('p', {}, t(/** @type {Key} */ (`decide.${what}.text`))), reason.element],
    yes: t(/** @type {Key} */ (`decide.${what}.do`)),
    no: t('decide.keep'),
    kind: 'primary',
    act: (key) => {
      if (why) needed(reason);
      return setOutcome(api, id, what, reason.value(), key);
    },
    done: () => done(t(/** @type {Key} */ (`decide.${what}.done`))),
    refused,
  });
}

/** @param {ReturnType<typeof reasonField>} reason */
export function needed(reason) {
  if (reason.value() === '') throw new Missing(t('reason.missing'), reason.field);
  return reason.value();
}
