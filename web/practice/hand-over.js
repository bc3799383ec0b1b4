// Handing a visit to a colleague, who joins this room as its practitioner (D3).

import { colleagues } from '../lib/calls/colleagues.js';
import { ask } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { announce, t } from '../ui/page.js';
import { data } from '../ui/words.js';
import { handedOver } from './handed-over.js';
import { commanded, refusalText } from './refused.js';

/** @typedef {import('../lib/i18n.js').Text} Text */

/**
 * Asks to whom; raises an `ApiProblem` where the colleagues cannot be listed.
 * @param {import('../lib/visit.js').Visit} visit @param {import('../lib/api.js').Api} api
 * @returns {Promise<Text | ''>} why there is nothing to ask, if so
 */
export async function askToHandOver(visit, api) {
  const items = await colleagues(api);
  if (items.length === 0) return t('hand.nobody');
  const names = visit.state.people.map(({ name }) => name).join(', ');
  const choice = h('select', { id: 'colleague' }, ...items.map(({ id, name }) => h('option', { value: id }, data(name))));

  const to = () => items.find(({ id }) => id === choice.value)?.name ?? '';

  async function act() {
    // Before it is done: the lobby is there with its answer.
    handedOver.keep({ room: visit.state.room ?? '', names, to: to() });
    try {
      await commanded(visit, 'hand_over', { practitioner: choice.value });
    } catch (error) {
      handedOver.forget();
      throw error;
    }
  }

  ask({
    heading: t('hand.heading'),
    body: [h('p', {}, t('hand.text', { name: data(names) })), h('div', { class: 'field' }, h('label', { for: 'colleague' }, t('hand.to')), choice)],
    yes: t('hand.do'),
    no: t('hand.keep'),
    kind: 'primary',
    act,
    done: () => announce(t('hand.over', { name: data(names), colleague: data(to()) })),
    refused: refusalText,
  });
  return '';
}
