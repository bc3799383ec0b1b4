// The practitioner's page: a sidebar and three sections. The meeting goes on while another section is looked at.

import { Api } from '../lib/api.js';
import { byId } from '../ui/dom.js';
import { ownToken } from '../ui/own-token.js';
import { speak } from '../ui/page.js';
import { appointmentsSection } from './appointments.js';
import { meetingSection } from './meeting.js';
import { practiceBar } from './sidebar.js';

// Before anything else: the token leaves the address bar before the first request could carry it on (A4).
const token = ownToken();
speak();

const appointments = appointmentsSection(byId('appointments'), new Api(token, fetch.bind(window)));
const nav = practiceBar(byId('sections'), (section) => {
  if (section === 'appointments') void appointments.load();
});
meetingSection(byId('meeting'), token, (state) => nav.update(state));
nav.open('meeting');
