// English. The booking page.

export const book = {
  'book.title': 'Book a video visit',
  'book.heading': 'Book a video visit',
  'book.text': 'This page is being built. Here you will choose a free time and keep it while you fill in your name.',
  'book.meanwhile': 'Until then, please call the clinic for an appointment. If you have one already, use the link from its message.',
};
