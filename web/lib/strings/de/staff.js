// German. The front desk’s page.

/** @type {Record<keyof typeof import('../en/staff.js').staff, string>} */
export const staff = {
  'staff.title': 'Empfang',
  'staff.heading': 'Empfang',
  'staff.text': 'Diese Seite entsteht noch. Hier werden Sie finden:',
  'staff.links': 'Links zu Terminen: warum es keinen gibt, neu senden, zurückziehen',
  'staff.reviews': 'Termine, deren Ausgang jemand klären muss',
  'staff.windows': 'Termine, die länger offen bleiben dürfen',
  'staff.meanwhile': 'Bis dahin kann Ihr Buchungssystem all das über unsere Schnittstelle.',
};
