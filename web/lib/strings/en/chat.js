// English. Chat in the call.

export const chat = {
  'chat.name': 'Chat',
  'chat.close': 'Close',
  'chat.lines': 'Messages',
  'chat.label': 'Message',
  'chat.send': 'Send',
  'chat.note': 'Only the people in the room see this. It is not stored, and gone after the visit.',
  'chat.alone': 'Nobody else is in the room to read a message.',
  'chat.left': '{count} characters left',
  'chat.you': 'You',
  'chat.somebody': 'Somebody who has left',
  'chat.told': 'Message from {name}: {text}',
  'chat.unread': '{count} new',
  'chat.sending': 'Sending …',
  'chat.later': 'Is sent as soon as the connection is back.',
  'chat.unsent': 'Not sent.',
  'chat.again': 'Send again',
};
