// German. What a server says at "/", and where there is no page.

/** @type {Readonly<Record<keyof typeof import('../en/home.js').home, string>>} */
export const home = {
  'home.title': 'Videosprechstunde',
  'home.heading': 'Videotermine mit Ihrer Praxis',
  'home.what': 'Auf diesem Server treffen Menschen ihre Ärztin oder ihren Arzt per Video, im Browser. Es gibt kein Konto und nichts zu installieren: Ihr eigener Link öffnet Ihnen die Tür.',
  'home.patient': 'Sie haben einen Termin',
  'home.patientText': 'Öffnen Sie den Link aus der Nachricht der Praxis. Wenn Sie ihn nicht finden, rufen Sie dort an: Man kann Ihnen den Link noch einmal schicken.',
  'home.book': 'Sie möchten einen Termin',
  'home.bookText': 'Nutzen Sie die Buchungsadresse auf der Website Ihrer Praxis, oder rufen Sie dort an.',
  'home.work': 'Sie arbeiten in einer Praxis',
  'home.workText': 'Ihr eigener Link oder die Adresse in Ihren Lesezeichen öffnet Ihre Seite. Ihr Buchungssystem oder Ihr Empfang hat ihn.',
  'home.made': 'Consultroom, der offene Server hinter Videoterminen.',
  'home.api': 'Seine Schnittstelle, für Programme',

  'missing.title': 'Keine solche Seite',
  'missing.heading': 'Unter dieser Adresse ist keine Seite',
  'missing.why': 'Vielleicht ist auf dem Weg zu Ihnen ein Teil davon verloren gegangen oder verändert worden.',
  'missing.next': 'Öffnen Sie den Link noch einmal aus der Nachricht der Praxis, am besten durch einen Klick darauf. Wenn Sie wieder hier landen, rufen Sie in der Praxis an: Man kann Ihnen den Link neu schicken.',
  'missing.home': 'Was auf diesem Server ist',
};
