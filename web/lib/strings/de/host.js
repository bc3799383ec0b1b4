// German. What a practitioner can do in the room, and the sound when somebody arrives.

/** @type {Record<keyof typeof import('../en/host.js').host, string>} */
export const host = {
  'host.nobody': 'Außer Ihnen ist niemand hier.',
  'host.back': 'Zurück ins Wartezimmer',
  'host.backWho': 'Zurück ins Wartezimmer: {name}',
  'host.remove': 'Entfernen …',
  'host.removeWho': 'Entfernen …: {name}',
  'host.removeHeading': '{name} aus dem Raum entfernen?',
  'host.removeText': 'Es wird gesagt, dass die Person entfernt wurde. Mit dem Link kann sie wieder ins Wartezimmer kommen; Sie entscheiden, ob Sie sie einlassen.',
  'host.removeDo': 'Entfernen',
  'host.removeKeep': 'Hier lassen',
  'host.lock': 'Raum abschließen',
  'host.open': 'Offen',
  'host.locked': 'Zu',
  'host.isOpen': 'Sie können einlassen, wer auf diesen Termin wartet.',
  'host.isLocked': 'Der Raum ist abgeschlossen: Niemand sonst kann eingelassen werden.',

  'hand.open': 'Übergeben …',
  'hand.heading': 'Diesen Termin an eine Kollegin oder einen Kollegen übergeben',
  'hand.text': 'Wer im Raum ist ({name}), bleibt und erfährt, wer kommt. Sie sehen dann wieder Ihr Wartezimmer und können den Termin zurücknehmen.',
  'hand.to': 'Kollegin oder Kollege',
  'hand.do': 'Übergeben',
  'hand.keep': 'Termin behalten',
  'hand.nobody': 'Hier gibt es niemanden mit Video, an den Sie übergeben können.',
  'hand.over': 'Sie haben den Termin mit {name} an {colleague} übergeben.',
  'hand.back': 'Termin zurücknehmen',
  'hand.hide': 'Ausblenden',
  'hand.by': 'Übergeben von {name}; im Raum wird schon gewartet.',
  'hand.join': 'Dazukommen: {name}, {time}',

  'sound.label': 'Ton, wenn jemand kommt',
  'sound.on': 'An',
  'sound.off': 'Aus',
  'sound.blocked': 'Ihr Browser spielt Töne erst, wenn Sie auf dieser Seite etwas gedrückt haben.',
};
