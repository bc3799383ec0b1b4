// English. What a server says at "/", and where there is no page.

export const home = {
  'home.title': 'Video visits',
  'home.heading': 'Video visits with your clinic',
  'home.what': 'On this server people meet their practitioner by video, in a browser. There is no account and nothing to install: your own link is your way in.',
  'home.patient': 'You have a visit',
  'home.patientText': 'Open the link in the clinic’s message. If you cannot find it, call the clinic: it can send the link again.',
  'home.book': 'You would like a visit',
  'home.bookText': 'Use the booking address on your clinic’s website, or call there.',
  'home.work': 'You work at a clinic',
  'home.workText': 'Your own link, or the address you bookmarked, opens your page. Your booking system or your front desk has it.',
  'home.made': 'Consultroom, the open server behind video visits.',
  'home.api': 'Its API, for programs',

  'missing.title': 'No such page',
  'missing.heading': 'There is no page at this address',
  'missing.why': 'Perhaps a part of it was lost or changed on its way to you.',
  'missing.next': 'Open the link once more from the clinic’s message, best by a click on it. If that leads here again, call the clinic: it can send you the link anew.',
  'missing.home': 'What is at this server',
};
