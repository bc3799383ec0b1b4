// What the views are made of.

import { countdown } from '../ui/countdown.js';
import { copyField } from '../ui/copy.js';
import { h } from '../ui/dom.js';
import { instantLines } from '../ui/instant-lines.js';
import { linkBanner } from '../ui/link-banner.js';
import { t } from '../ui/page.js';
import { switchButton } from '../ui/switch.js';
import { data } from '../ui/words.js';
import { api, at, visitIn } from './sample.js';
import { otherDevice, picture } from '../ui/other-device.js';
import { SAMPLE_QR } from './sample-qr.js';

/** @typedef {import('./gallery.js').Specimen} Specimen */

/** @returns {Specimen[]} */
export function parts() {
  return [
    { name: t('gallery.buttons'), element: buttons() },
    { name: t('gallery.notices'), element: notices() },
    { name: t('gallery.fields'), element: fields() },
    { name: t('gallery.dialog'), element: dialog() },
    { name: t('gallery.facts'), element: facts() },
    { name: t('gallery.countdown'), element: h('div', { class: 'card' }, countdown(visitIn({}).clock, Date.parse(at(200)), () => {}).element) },
    { name: t('gallery.banner'), element: banner() },
    { name: t('other.summary'), element: h('div', {}, otherDevice(api), picture(SAMPLE_QR)) },
  ];
}

function buttons() {
  const button = (/** @type {string} */ kind, /** @type {import('../lib/i18n.js').Text} */ words) => h('button', { type: 'button', class: kind }, words);
  const off = button('secondary', t('hand.open'));
  off.disabled = true;
  return h('div', {}, button('primary large', t('join.button')),
    h('p', {}), h('div', { class: 'buttons' }, button('primary', t('meeting.open')), button('secondary', t('waiting.leave')), button('danger', t('details.cancelDo')), off,
      h('a', { class: 'button primary', href: '#main' }, t('book.back'))));
}

function notices() {
  return h('div', {}, h('p', { class: 'notice' }, t('device.asking')), h('p', { class: 'notice good' }, t('device.good')),
    h('p', { class: 'notice warn' }, t('device.video.busy')), h('p', { class: 'trouble' }, t('common.problem')),
    h('div', { class: 'card' }, h('h3', {}, t('device.heading')), h('p', {}, t('device.hint')), h('p', { class: 'quiet' }, t('details.addressText'))),
    h('p', {}, ...['', 'good', 'warn', 'bad'].flatMap((tone) => [h('span', { class: `pill ${tone}` }, t('state.good')), data(' ')])));
}

function fields() {
  const wrong = h('input', { type: 'text', id: 'wrong', value: '12345', 'aria-invalid': 'true', inputmode: 'numeric', class: 'code' });
  const tick = h('input', { type: 'checkbox', id: 'tick' });
  return h('form', { class: 'card', onsubmit: (event) => event.preventDefault() },
    copyField({ id: 'copied', label: t('other.link'), value: 'https://visit.example.org/j#…' }),
    h('p', {}, h('label', { for: 'wrong' }, t('address.enter')), wrong),
    h('p', {}, h('label', { for: 'select' }, t('late.minutes')), h('select', { id: 'select' }, h('option', {}, t('late.option', { minutes: 10 })))),
    h('p', {}, h('label', { for: 'area' }, t('reason.label')), h('textarea', { id: 'area', rows: '2' })),
    h('div', { class: 'tick' }, tick, h('label', { for: 'tick' }, t('address.remember'))),
    switchButton({ id: 'on', label: t('setup.videoFor', { name: 'Dr Ada Okafor' }), words: [t('setup.off'), t('setup.on')], on: true, onpress: () => {} }).element,
    switchButton({ id: 'off', label: t('setup.videoFor', { name: 'Dr Ben Weber' }), words: [t('setup.off'), t('setup.on')], on: false, onpress: () => {} }).element);
}

/** Open in the page, so that what is around it can be seen too. */
function dialog() {
  const element = h('dialog', { class: 'card', 'aria-labelledby': 'question', open: true }, h('h3', { id: 'question' }, t('elsewhere.heading')), h('p', {}, t('elsewhere.text')),
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'primary' }, t('elsewhere.move')), h('button', { type: 'button', class: 'secondary' }, t('elsewhere.stay'))));
  return h('div', { class: 'dialog-place' }, element);
}

function facts() {
  return h('dl', { class: 'facts card' }, h('dt', {}, t('early.visit')), ...instantLines(at(10), 'Pacific/Auckland'));
}

function banner() {
  const { element, update } = linkBanner();
  update(visitIn({ phase: 'in_room', link: 'down' }).state);
  return element;
}
