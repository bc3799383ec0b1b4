// English. The front desk’s page.

export const staff = {
  'staff.title': 'Front desk',
  'staff.heading': 'Front desk',
  'staff.text': 'This page is being built. Here you will find:',
  'staff.links': 'links to visits: why there is none, send again, take back',
  'staff.reviews': 'visits whose outcome a person has to settle',
  'staff.windows': 'visits that may stay open for longer',
  'staff.meanwhile': 'Until then your booking system can do all of this through our interface.',
};
