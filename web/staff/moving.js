// An appointment gets another time or another practitioner, with a reason (C7); where somebody waits for its place, they get it in the same commit.

import { practitioners } from '../lib/calls/staff.js';
import { ask, reasonField } from '../ui/ask.js';
import { chooseTime } from '../ui/choose-time.js';
import { diaryText } from '../ui/diary-problem.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { needed } from '../ui/ask-outcome.js';
import { refusalText } from './refused.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/calls/clashes.js').Seat} Seat */
/** @typedef {import('./desk.js').Desk} Desk */

export const refused = diaryText(refusalText);

/**
 * @param {object} how
 * @param {Text} how.heading
 * @param {readonly Text[]} how.about what is so now, and what it does
 * @param {Text} how.yes
 * @param {import('../lib/shown.js').Times & { practitioner: string, type: string | null }} how.now
 * @param {string} [how.moving] the appointment whose own time does not stand against it
 * @param {Desk} how.desk
 * @param {(seat: Seat, key: string) => Promise<unknown>} how.act
 * @param {(when: Text) => void} how.done
 */
export async function askForPlace({ heading, about, yes, now, moving = '', desk, act, done }) {
  const { api, times } = desk;
  const others = (await practitioners(api)).filter((each) => each.video_enabled || each.id === now.practitioner);
  const time = chooseTime({ api, times, now, practitioner: now.practitioner, type: now.type, others, moving });
  const reason = reasonField({ label: t('reason.label'), hint: t('reason.hint') });
  /** @type {Text | ''} */
  let when = '';
  ask({
    heading,
    body: [...about.map((each) => h('p', {}, each)), time.element, reason.element],
    yes,
    no: t('move.keep'),
    kind: 'primary',
    async act(key) {
      const place = time.value();
      await act({ ...place, reason: needed(reason) }, key);
      when = times.at(place.starts_at);
    },
    done: () => { if (when !== '') done(when); },
    refused,
  });
}
