// "You are being let in", said and shown before anybody can see or hear (I).

import { h } from '../ui/dom.js';
import { announce, entitle, t } from '../ui/page.js';
import { data } from '../ui/words.js';

/** Milliseconds: long enough to be read, or spoken by a screen reader, and to straighten up. */
const NOTICE = 2_000;

/** @param {import('../lib/visit.js').Visit} visit */
export function lettingInView(visit) {
  const { practitioner } = visit.state;
  const text = t('letting.text', { practitioner: practitioner === '' ? t('waiting.clinic') : data(practitioner) });
  entitle(t('letting.title'));
  announce(data(`${t('letting.heading')}. ${text}`), true);
  const timer = setTimeout(() => visit.enter(), NOTICE);
  const element = h('section', { class: 'column letting-in' }, h('h1', {}, t('letting.heading')), h('p', {}, text));
  return { element, close: () => clearTimeout(timer) };
}
