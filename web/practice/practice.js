// The practitioner's page: a sidebar and three sections. The meeting goes on while another section is looked at.

import { Api } from '../lib/api.js';
import { byId } from '../ui/dom.js';
import { ownToken } from '../ui/own-token.js';
import { speak } from '../ui/page.js';
import { timedFetch } from '../ui/server-clock.js';
import { appointmentsSection } from './appointments.js';
import { availabilitySection } from './availability.js';
import { meetingSection } from './meeting.js';
import { practiceBar } from './sidebar.js';

// Before anything else: the token leaves the address bar before the first request could carry it on (A4).
const token = ownToken();
speak();

const api = new Api(token, timedFetch);
const appointments = appointmentsSection(byId('appointments'), api);
const availability = availabilitySection(byId('availability'), api);
const nav = practiceBar(byId('sections'), (section) => {
  if (section === 'appointments') void appointments.open();
  if (section === 'availability') void availability.open();
});
nav.open('meeting');
let queue = '';
meetingSection(byId('meeting'), token, api, (state) => {
  nav.update(state);
  const now = JSON.stringify(state.queue);
  if (now !== queue) appointments.look(); // who waits changed: perhaps since one of theirs was cancelled or moved
  queue = now;
});
