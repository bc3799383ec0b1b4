// Why hours cannot be like that, naming what is in the way.

import { weekdayName } from '../lib/time.js';
import { dateWords } from '../ui/clinic-times.js';
import { diaryText } from '../ui/diary-problem.js';
import { locale, t } from '../ui/page.js';
import { exceptionName, spanWords } from './hours-words.js';

/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */

export const hoursProblem = diaryText((problem) => {
  if (problem.code === 'window_overlaps') return overlap(problem);
  return t('hours.refused', { code: problem.code });
});

/** @param {ApiProblem} problem */
function overlap({ facts: { weekday, date, until = null, start_minute, end_minute } }) {
  const hours = { start_minute, end_minute };
  if (until !== null) return t('hours.overlapsDays', { name: exceptionName({ date, until, ...hours }) });
  if (typeof date === 'string') return t('hours.overlapsOn', { span: spanWords(hours), day: dateWords(date) });
  return t('hours.overlaps', { span: spanWords(hours), day: weekdayName(weekday, locale) });
}
