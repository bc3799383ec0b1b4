// German. What a practitioner can do in the room, and the sound when somebody arrives.

/** @type {Record<keyof typeof import('../en/host.js').host, string>} */
export const host = {
  'host.nobody': 'Außer Ihnen ist niemand hier.',
  'host.back': 'Zurück ins Wartezimmer',
  'host.backWho': 'Zurück ins Wartezimmer: {name}',
  'host.remove': 'Entfernen …',
  'host.removeWho': 'Entfernen …: {name}',
  'host.removeHeading': '{name} aus der Sprechstunde entfernen?',
  'host.removeText': 'Es wird gesagt, dass die Person entfernt wurde. Mit dem Link kann sie wieder ins Wartezimmer kommen; Sie entscheiden, ob Sie sie einlassen.',
  'host.removeDo': 'Entfernen',
  'host.removeKeep': 'Hier lassen',
  'host.lock': 'Raum abschließen',
  'host.open': 'Offen',
  'host.locked': 'Zu',
  'host.isOpen': 'Sie können einlassen, wer auf diese Sprechstunde wartet.',
  'host.isLocked': 'Der Raum ist abgeschlossen: Niemand sonst kann eingelassen werden.',

  'hand.open': 'Übergeben …',
  'hand.heading': 'Sprechstunde an eine Kollegin oder einen Kollegen übergeben',
  'hand.text': '{name} bleibt im Raum und erfährt, wer kommt. Sie gehen zurück in die Sprechstunde und können den Termin wieder übernehmen.',
  'hand.to': 'Kollegin oder Kollege',
  'hand.do': 'Übergeben',
  'hand.keep': 'Behalten',
  'hand.nobody': 'Hier gibt es niemanden mit Video, an den Sie übergeben können.',
  'hand.over': 'Sie haben {name} an {colleague} übergeben.',
  'hand.back': 'Wieder übernehmen',
  'hand.hide': 'Ausblenden',
  'hand.by': 'Übergeben von {name}; im Raum wird schon gewartet.',
  'hand.join': 'Dazukommen: {name}, {time}',

  'sound.label': 'Ton, wenn jemand kommt',
  'sound.on': 'An',
  'sound.off': 'Aus',
  'sound.blocked': 'Ihr Browser spielt Töne erst, wenn Sie auf dieser Seite etwas gedrückt haben.',
};
