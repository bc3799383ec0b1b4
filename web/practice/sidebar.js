// Appointments, Meeting, Availability (I). Meeting says from anywhere how many wait and that a visit is on.

import { opensNothing } from '../lib/codes.js';
import { h, say } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { sidebar } from '../ui/sidebar.js';
import { counted } from '../ui/words.js';

/** @typedef {import('../lib/visit-state.js').State} State */
/** @typedef {'appointments' | 'meeting' | 'availability'} Section */

/** @param {HTMLElement} nav @param {(section: Section) => void} onopen */
export function practiceBar(nav, onopen) {
  const badge = h('span', { class: 'badge', hidden: true });
  const names = { appointments: t('practice.appointments'), meeting: t('practice.meeting'), availability: t('practice.availability') };
  const { open, mark } = sidebar(nav, t('practice.nav'), names, onopen);
  mark('meeting', badge);

  /** @param {State} state */
  function update({ phase, queue, more, refusal }) {
    if (phase === 'over' && opensNothing(refusal?.code ?? '')) close();
    const count = queue.length + more;
    badge.hidden = count === 0 && phase !== 'in_room';
    say(badge, count > 0 ? counted(count, 'practice.waitingCount.one', 'practice.waitingCount.other') : t('practice.inCall'));
  }

  /** This link opens none of them: ways that lead nowhere are not shown. */
  function close() {
    open('meeting');
    nav.hidden = true;
    document.body.classList.add('alone');
  }

  return { open, update };
}
