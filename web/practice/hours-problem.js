// Why hours cannot be like that, naming what is in the way.

import { spanOf } from '../lib/day-minutes.js';
import { weekdayName } from '../lib/time.js';
import { dateWords } from '../ui/clinic-times.js';
import { diaryText } from '../ui/diary-problem.js';
import { locale, t } from '../ui/page.js';
import { data } from '../ui/words.js';

/** @typedef {import('../lib/api.js').ApiProblem} ApiProblem */

export const hoursProblem = diaryText((problem) => {
  if (problem.code === 'window_overlaps') return overlap(problem);
  return t('hours.refused', { code: problem.code });
});

/** @param {ApiProblem} problem */
function overlap({ facts: { weekday, date, start_minute, end_minute } }) {
  const span = data(spanOf({ start_minute, end_minute }));
  if (typeof date === 'string') return t('hours.overlapsOn', { span, day: dateWords(date) });
  return t('hours.overlaps', { span, day: weekdayName(weekday, locale) });
}
