// Before something is switched off: what it touches, and that links already given out go on working (B4).

import { affected } from '../lib/calls/staff.js';
import { words } from '../lib/i18n.js';
import { affectedList } from '../ui/affected-list.js';
import { ask } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { problemOf } from '../ui/problem.js';
import { counted } from '../ui/words.js';
import { refusalText } from './refused.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('./desk.js').Desk} Desk */

/**
 * @param {object} what
 * @param {'practitioners' | 'appointment-types'} what.kind
 * @param {string} what.id
 * @param {Text} what.heading
 * @param {Text} what.yes
 * @param {Text} what.no
 * @param {Desk} what.desk
 * @param {import('./setup.js').Tell} what.tell
 * @param {() => Promise<unknown>} what.act
 * @param {() => void} what.done
 */
export async function askToSwitchOff({ kind, id, heading, yes, no, desk, tell, act, done }) {
  try {
    const { items } = await affected(desk.api, kind, id);
    ask({ heading, body: [...touched(items, desk), h('p', {}, t('off.issued'), words(' '), t('off.new'))], yes, no, act, done, refused: refusalText });
  } catch (error) {
    tell(refusalText(problemOf(error)), 'warn');
  }
}

/** The server counts no further. */
const MOST = 200;

/** @param {readonly Appointment[]} items @param {Desk} desk */
function touched(items, desk) {
  const count = items.length;
  if (count === 0) return [h('p', {}, t('off.none'))];
  const intro = count >= MOST ? t('off.countMore', { count }) : counted(count, 'off.count.one', 'off.count.other');
  const lines = items.map((each) => words(`${desk.times.span(each)} · ${desk.patientOf(each)} · ${desk.practitionerOf(each)}`));
  return affectedList(intro, lines);
}
