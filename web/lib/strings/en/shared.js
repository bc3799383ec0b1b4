// English. Words of several pages.

export const shared = {
  'app.name': 'Consultroom',
  'app.noscript': 'This page needs JavaScript. Please switch it on, or open the link in another browser.',

  'time.both': '{clinic} in {place} ({time} in {here})',

  'common.loading': 'Loading …',
  'common.again': 'Try again',
  'common.unreachable': 'We cannot reach the clinic’s system just now. Please try again in a moment.',
  'common.problem': 'That did not work. Please try again; if it goes on, call the clinic.',

  'copy.do': 'Copy',
  'copy.done': 'Copied.',
  'copy.selected': 'It is selected now: copy it with your device’s own command.',
};
