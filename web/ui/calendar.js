// The visit as a calendar file (C9). It holds the link, so it is fetched with the link's own token and saved from here.

import { calendarFile } from '../lib/calls/booking.js';
import { oneAtATime } from './act.js';
import { h, say } from './dom.js';
import { t } from './page.js';
import { problemOf, problemText } from './problem.js';
import { save } from './save.js';

/**
 * @param {import('../lib/api.js').Api} api
 * @param {string} id of the appointment
 * @param {string} token of its link
 * @param {typeof problemText} [refusedText] where the page has words of its own
 */
export function calendarButton(api, id, token, refusedText = problemText) {
  const news = h('p', { class: 'quiet', role: 'status' });
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const tried = oneAtATime(trouble, (error) => say(trouble, refusedText(problemOf(error))));
  const button = h('button', { type: 'button', class: 'secondary', id: 'calendar', onclick: () => void tried(download) }, t('book.calendar'));

  async function download() {
    save(await calendarFile(api, id, token), t('book.calendarFile'));
    say(news, t('book.calendarDone'));
  }

  return h('div', { class: 'calendar' }, button, news, trouble);
}
