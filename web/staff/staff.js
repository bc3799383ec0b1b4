// The front desk's page: Links, Find, Set-up, Record (A9, B3-B7).

import { Api } from '../lib/api.js';
import { clinicOf } from '../lib/calls/staff.js';
import { byId, h, say } from '../ui/dom.js';
import { ownToken } from '../ui/own-token.js';
import { show, speak, t } from '../ui/page.js';
import { problemOf, problemText } from '../ui/problem.js';
import { serverClock, timedFetch } from '../ui/server-clock.js';
import { sidebar } from '../ui/sidebar.js';
import { counted, data, zoneWords } from '../ui/words.js';
import { Desk } from './desk.js';
import { endView } from './end.js';
import { findSection } from './find.js';
import { backfillCard } from './backfill.js';
import { linksSection } from './links.js';
import { recordSection } from './record.js';
import { setupSection } from './setup.js';

// Before anything else: the token leaves the address bar before the first request could carry it on (A4).
const token = ownToken();
speak();

const api = new Api(token, timedFetch, ({ code }) => end(code));
let ended = false;

/** This link opens nothing here: nothing of the clinic's stays in sight. @param {string} code */
function end(code) {
  if (ended) return;
  ended = true;
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  document.body.className = 'join';
  byId('sections').hidden = true;
  show(byId('main'), endView(code));
}

async function begin() {
  try {
    open(await clinicOf(api));
  } catch (error) {
    const problem = problemOf(error);
    if (!ended) byId('start').replaceChildren(...away(problem));
  }
}

/** @param {import('../lib/api.js').ApiProblem} problem */
function away(problem) {
  return [h('h1', {}, t('staff.title')), h('p', { class: 'notice warn', role: 'alert' }, problemText(problem)),
    h('button', { type: 'button', class: 'secondary', onclick: () => void begin() }, t('common.again'))];
}

/** @param {import('../lib/shown.js').Clinic} clinic */
function open(clinic) {
  const desk = new Desk(api, clinic);
  const figure = h('span', { class: 'badge', 'aria-hidden': 'true' });
  const spoken = h('span', { class: 'unseen' });
  const badge = h('span', { hidden: true }, figure, spoken);
  const clashFigure = h('span', { class: 'figure', 'aria-hidden': 'true' });
  const clashWords = h('span', { class: 'words' });
  const clash = h('span', { class: 'badge clashes', hidden: true }, clashFigure, clashWords);
  const backfill = backfillCard(api, () => desk.changed());
  const links = linksSection(byId('links'), desk, { onbackfill: backfill.hear, oncount: count, onclashes: countClashes });
  const parts = { links, find: findSection(byId('find'), desk), setup: setupSection(byId('setup'), desk), record: recordSection(byId('record'), desk) };
  const names = { links: t('staff.links'), find: t('staff.find'), setup: t('staff.setup'), record: t('staff.record') };
  const nav = sidebar(byId('sections'), t('staff.nav'), names, (section) => void parts[section].open());
  nav.mark('links', badge);
  nav.mark('links', clash);
  desk.watchBackfill = backfill.expect;
  desk.openSetting = (setting) => {
    parts.setup.point(setting);
    nav.open('setup');
  };
  byId('start').replaceChildren(backfill.element, h('p', { class: 'quiet' }, data(`${clinic.name} · `), zoneWords(clinic.time_zone, serverClock.now())));
  nav.open('links');

  /** @param {number} unusable */
  function count(unusable) {
    badge.hidden = unusable === 0;
    say(figure, data(String(unusable)));
    say(spoken, counted(unusable, 'desk.unusableCount.one', 'desk.unusableCount.other'));
  }

  /** @param {number} clashes */
  function countClashes(clashes) {
    clash.hidden = clashes === 0;
    say(clashFigure, data(String(clashes)));
    say(clashWords, counted(clashes, 'clash.count.one', 'clash.count.other'));
  }
}

if (token === '') end('');
else void begin();
