// German. The booking page.

/** @type {Record<keyof typeof import('../en/book.js').book, string>} */
export const book = {
  'book.title': 'Videosprechstunde buchen',
  'book.heading': 'Videosprechstunde buchen',
  'book.text': 'Diese Seite entsteht noch. Hier werden Sie eine freie Zeit wählen und behalten, während Sie Ihren Namen eintragen.',
  'book.meanwhile': 'Bis dahin rufen Sie bitte die Praxis an. Wenn Sie schon einen Termin haben, nehmen Sie den Link aus der Nachricht dazu.',
};
