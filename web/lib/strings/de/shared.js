// German. Words of several pages.

/** @type {Record<keyof typeof import('../en/shared.js').shared, string>} */
export const shared = {
  'app.name': 'Consultroom',
  'app.noscript': 'Diese Seite braucht JavaScript. Bitte schalten Sie es ein oder öffnen Sie den Link in einem anderen Browser.',

  'time.both': '{clinic} in {place} ({time} in {here})',

  'common.loading': 'Wird geladen …',
  'common.again': 'Noch einmal versuchen',
  'common.unreachable': 'Das System der Praxis ist gerade nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.',
  'common.problem': 'Das hat nicht geklappt. Bitte versuchen Sie es noch einmal; wenn es so bleibt, rufen Sie die Praxis an.',

  'copy.do': 'Kopieren',
  'copy.done': 'Kopiert.',
  'copy.selected': 'Jetzt ist es markiert: Kopieren Sie es so, wie Sie es auf Ihrem Gerät gewohnt sind.',
};
