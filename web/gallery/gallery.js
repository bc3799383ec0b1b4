// Every component and state on one page, by the modules that the other pages use, with made-up data (I).
// Nothing here asks the server for anything or knows a token: what is pressed does nothing.

import { h } from '../ui/dom.js';
import { entitle, speak, t } from '../ui/page.js';
import { data } from '../ui/words.js';
import { desk } from './desk.js';
import { devices } from './devices.js';
import { parts } from './parts.js';
import { patient } from './patient.js';
import { refusals } from './refusals.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** `room`: the page whose style it has, as its body has there. @typedef {{ name: Text, room?: 'join' | 'practice', element: HTMLElement }} Specimen */

speak();

const shown = [...parts(), ...devices(), ...patient(), ...desk(), ...refusals()];
const main = document.getElementById('main');
main?.append(h('h1', {}, t('gallery.title')), h('p', { class: 'quiet' }, t('gallery.text')), ...shown.map(frame));
entitle(t('gallery.title'));

/** @param {Specimen} specimen @param {number} number */
function frame({ name, room = 'join', element }, number) {
  alone(element, number);
  return h('section', { class: `specimen ${room}`, 'aria-labelledby': `specimen-${number}` },
    h('h2', { id: `specimen-${number}` }, data(`${number + 1}. ${name}`)), element);
}

/** Views have ids, which one page can have but once; regions are told apart by the specimen they are in. @param {HTMLElement} element @param {number} number */
function alone(element, number) {
  const all = [element, ...element.querySelectorAll('*')];
  for (const each of all) {
    for (const name of ['id', 'for', 'aria-labelledby', 'aria-describedby']) {
      const value = each.getAttribute(name);
      if (value !== null && value !== '') each.setAttribute(name, `${value}-${number}`);
    }
    if (each.matches('section[aria-labelledby]')) each.setAttribute('aria-labelledby', `${each.getAttribute('aria-labelledby')} specimen-${number}`);
  }
}
