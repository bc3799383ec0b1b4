// Cancelling needs a reason, which the patient sees (C6).

import { cancelAsPractitioner } from '../lib/calls/appointments.js';
import { Missing, ask, reasonField } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { nameOf, timesOf } from './appointment-row.js';
import { refusalText } from './refused.js';

/**
 * @param {import('../lib/shown.js').Appointment} appointment
 * @param {import('../lib/api.js').Api} api
 * @param {() => void} oncancelled
 */
export function askToCancel(appointment, api, oncancelled) {
  const reason = reasonField({ label: t('cancel.reason'), hint: t('cancel.reasonHint') });
  ask({
    heading: t('cancel.heading'),
    body: [h('p', {}, t('cancel.who', { name: nameOf(appointment), time: timesOf(appointment) })), reason.element],
    yes: t('cancel.do'),
    no: t('cancel.keep'),
    async act(key) {
      if (reason.value() === '') throw new Missing(t('cancel.missing'), reason.field);
      await cancelAsPractitioner(api, appointment.id, reason.value(), key);
    },
    done: oncancelled,
    refused: ({ code }) => refusalText({ type: 'error', code }),
  });
}
