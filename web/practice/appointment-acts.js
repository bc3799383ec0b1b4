// What a practitioner does with one of their own appointments: cancel, move, set its outcome (C6-C8).

import { cancelAsPractitioner, reschedule } from '../lib/calls/appointments.js';
import { Missing, ask, reasonField } from '../ui/ask.js';
import { chooseTime } from '../ui/choose-time.js';
import { diaryText } from '../ui/diary-problem.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { askOutcome } from '../ui/ask-outcome.js';
import { refusalText } from './refused.js';

/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('./diary.js').Diary} Diary */

export const refused = diaryText(({ code }) => refusalText({ type: 'error', code }));

/** C6: the patient sees the reason; the note stays within the clinic. @param {Appointment} appointment @param {Diary} diary */
export function askToCancel(appointment, diary) {
  const reason = reasonField({ label: t('cancel.reason'), hint: t('cancel.reasonHint') });
  const note = h('textarea', { id: 'note', rows: '2', maxlength: '500', 'aria-describedby': 'note-hint' });
  ask({
    heading: t('cancel.heading'),
    body: [h('p', { class: 'who' }, diary.about(appointment)), reason.element,
      h('label', { for: 'note' }, t('cancel.note')), h('p', { class: 'quiet', id: 'note-hint' }, t('cancel.noteHint')), note],
    yes: t('cancel.do'),
    no: t('cancel.keep'),
    act(key) {
      if (reason.value() === '') throw new Missing(t('cancel.missing'), reason.field);
      return cancelAsPractitioner(diary.api, appointment.id, { reason: reason.value(), note: note.value.trim() }, key);
    },
    done: () => diary.changed(t('list.cancelled', { name: diary.nameOf(appointment) })),
    refused,
  });
}

/** C7: it keeps its length, its links and its history. @param {Appointment} appointment @param {Diary} diary */
export function askToReschedule(appointment, diary) {
  const { api, times } = diary;
  const time = chooseTime({ api, times, now: appointment, practitioner: appointment.practitioner, type: appointment.type, moving: appointment.id });
  let then = appointment;
  ask({
    heading: t('move.heading'),
    body: [h('p', {}, t('move.now', { about: diary.about(appointment) })), time.element, h('p', { class: 'quiet' }, t('move.text'))],
    yes: t('move.do'),
    no: t('move.keep'),
    kind: 'primary',
    async act(key) {
      const { starts_at, ends_at } = time.value();
      then = await reschedule(api, appointment.id, { starts_at, ends_at }, key);
    },
    done: () => diary.changed(t('move.done', { name: diary.nameOf(appointment), time: times.at(then.starts_at) })),
    refused,
  });
}

/** C8. @param {Appointment} appointment @param {'complete' | 'no-show'} what @param {Diary} diary */
export function askToSet(appointment, what, diary) {
  askOutcome({ api: diary.api, id: appointment.id, what, about: diary.about(appointment), why: false, refused, done: (said) => diary.changed(said) });
}
