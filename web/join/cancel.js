// A patient cancels from the link's own page (C6). No reason is asked of them.

import { cancelOwn } from '../lib/calls/link.js';
import { ask, reasonField } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemText } from '../ui/problem.js';
import { data, dayClock } from '../ui/words.js';

/** It is over, or its patient would have had to cancel sooner (C10). */
const LATE = ['state_conflict', 'too_late_to_cancel'];

/** @param {import('../lib/api.js').ApiProblem} problem */
function lateText({ facts }) {
  return typeof facts['phone'] === 'string' ? t('details.cancelLateCall', { phone: data(facts['phone']) }) : t('details.cancelLate');
}

/**
 * @param {import('../lib/shown.js').OwnLink} link
 * @param {import('../lib/api.js').Api} api
 * @param {() => void} oncancelled
 */
export function askToCancelOwn({ appointment }, api, oncancelled) {
  const reason = reasonField({ label: t('details.cancelReason'), hint: t('details.cancelHint') });
  const practitioner = appointment.practitioner_name === null ? t('waiting.clinic') : data(appointment.practitioner_name);
  ask({
    heading: t('details.cancelHeading'),
    body: [h('p', {}, t('details.cancelText', { when: dayClock(appointment.starts_at), practitioner })), reason.element],
    yes: t('details.cancelDo'),
    no: t('details.cancelKeep'),
    act: (key) => cancelOwn(api, appointment.id, reason.value(), key),
    done: oncancelled,
    refused: (problem) => (LATE.includes(problem.code) ? lateText(problem) : problemText(problem)),
  });
}
