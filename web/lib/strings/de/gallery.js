// German. The page that shows every component and state, for whoever works on the pages.

/** @type {Record<keyof typeof import('../en/gallery.js').gallery, string>} */
export const gallery = {
  'gallery.title': 'Alle Bausteine und Zustände',
  'gallery.text': 'Erfundene Personen; nichts hier tut etwas. Hell oder dunkel, Bewegung und Sprache sind die Ihres Browsers.',
  'gallery.buttons': 'Knöpfe',
  'gallery.notices': 'Hinweise, Karten und Zustände einer Zeile',
  'gallery.fields': 'Felder, Kopieren, Schalter',
  'gallery.dialog': 'Ein Dialog',
  'gallery.facts': 'Zeiten auf zwei Uhren',
  'gallery.countdown': 'Ein Countdown',
  'gallery.banner': 'Die Verbindung ist weg',
  'gallery.before': 'Kamera und Mikrofon, noch nicht gefragt',
  'gallery.working': 'Kamera und Mikrofon, in Betrieb',
  'gallery.failing': 'Kamera und Mikrofon, beide gesperrt',
  'gallery.failures': 'Wie ein Gerät ausfallen kann',
  'gallery.app': 'Innerhalb einer anderen App',
  'gallery.controls': 'Bedienung, an und aus',
  'gallery.next': 'Wartend, als Nächstes dran',
  'gallery.late': 'Lange wartend, Behandelnde verspätet',
  'gallery.alone': 'Das Gespräch, sonst niemand da',
  'gallery.call': 'Das Gespräch, mit drei anderen',
  'gallery.closed': 'Die Sprechstunde ist zu',
  'gallery.queue': 'Der Vorraum, drei warten',
  'gallery.busy': 'Wer wartet, während ein Gespräch läuft',
  'gallery.empty': 'Niemand wartet',
  'gallery.refusal': 'Das Ende',
};
