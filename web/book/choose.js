// What for, with whom, and when: everything that is chosen, on one page.

import { h } from '../ui/dom.js';
import { entitle, t } from '../ui/page.js';
import { phoneLink } from '../ui/refusal.js';
import { data } from '../ui/words.js';
import { picker } from './picker.js';
import { sendLinksPart } from './send-links.js';
import { taker } from './take.js';
import { weekView } from './week.js';
import { leadLine, zonesLine } from './when.js';

/** @param {import('./open.js').Desk} desk @param {import('./open.js').Steps} steps */
export function chooseView(desk, steps) {
  entitle(t('book.title'));
  const { offer, choice, known } = desk;
  const { clinic } = offer;
  const taking = taker(desk, steps);
  const week = weekView(desk, taking.take);
  const types = offer.types.map(({ id, name, minutes }) => ({ id, words: t('book.typeLine', { type: data(name), minutes }) }));
  const people = offer.practitioners.map(({ id, name }) => ({ id, words: data(name) }));
  const anybody = { id: '', words: t('book.anybody') };
  const element = h('section', { class: 'column' },
    h('h1', {}, t('book.heading')),
    h('p', {}, t(known ? 'book.introKnown' : 'book.intro', { clinic: data(clinic.name) })),
    h('div', { class: 'pickers' },
      picker({ id: 'type', label: t('book.type'), options: types, value: choice.type, onpick: (id) => pick({ type: id }) }),
      picker({ id: 'with', label: t('book.with'), options: people.length > 1 ? [anybody, ...people] : people, value: choice.practitioner,
        onpick: (id) => pick({ practitioner: id }) })),
    zonesLine(clinic.time_zone),
    leadLine(offer.lead_minutes),
    week.element,
    clinic.phone === null ? null : h('p', { class: 'quiet' }, t('book.another'), data(' '), phoneLink(clinic.phone)),
    known || !offer.sends_links ? null : sendLinksPart(desk.api, clinic.id),
    taking.element);

  /** Other times are free then; the week one looks at stays. @param {Partial<typeof choice>} change */
  function pick(change) {
    Object.assign(choice, change);
    void week.load();
  }

  void week.load();
  return { element, close: week.close };
}
