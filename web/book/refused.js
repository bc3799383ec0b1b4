// What a step was refused for, kindly, where it changes nothing of the step itself.

import { CHECKS } from '../lib/codes.js';
import { againAt } from '../lib/patience.js';
import { t } from '../ui/page.js';
import { problemText } from '../ui/problem.js';
import { serverClock } from '../ui/server-clock.js';
import { clock } from '../ui/words.js';

/** @param {import('../lib/api.js').ApiProblem} problem @returns {import('../lib/i18n.js').Text} */
export function refusedText(problem) {
  const time = () => clock(againAt(problem, serverClock.now()));
  if (problem.code === 'rate_limited') return t('book.wait', { time: time() });
  if (problem.code === 'too_many_holds') return t('book.tooMany', { time: time() });
  return CHECKS.includes(problem.code) ? t('book.notByVideo') : problemText(problem);
}
