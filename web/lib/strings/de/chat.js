// German. Chat in the call.

/** @type {Record<keyof typeof import('../en/chat.js').chat, string>} */
export const chat = {
  'chat.name': 'Chat',
  'chat.close': 'Schließen',
  'chat.lines': 'Nachrichten',
  'chat.label': 'Nachricht',
  'chat.send': 'Senden',
  'chat.note': 'Nur wer im Raum ist, sieht das. Es wird nicht gespeichert und ist nach der Sprechstunde weg.',
  'chat.alone': 'Sonst ist niemand im Raum, der eine Nachricht lesen könnte.',
  'chat.left': 'noch {count} Zeichen',
  'chat.you': 'Sie',
  'chat.somebody': 'Jemand, der gegangen ist',
  'chat.told': 'Nachricht von {name}: {text}',
  'chat.unread': '{count} neu',
  'chat.sending': 'Wird gesendet …',
  'chat.later': 'Wird gesendet, sobald die Verbindung wieder da ist.',
  'chat.unsent': 'Nicht gesendet.',
  'chat.again': 'Noch einmal senden',
};
