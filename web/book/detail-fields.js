// Name, e-mail address and phone number: what is wrong with one is said beside it.

import { Missing } from '../ui/ask.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/page.js';
import { textField } from './text-field.js';

/** @typedef {import('../lib/calls/booking.js').Details} Details */

/** Digits of a phone number: with fewer the server keeps none. */
const FEWEST = 3;

/**
 * @param {import('./open.js').Desk['entered']} entered is kept up to date, so that another time need not be filled in for anew
 * @param {boolean} sends whether the link goes to the contact
 */
export function detailFields(entered, sends) {
  const fields = {
    name: textField({ id: 'name', label: t('book.name'), type: 'text', autocomplete: 'name', maxlength: '200', required: true }, entered),
    email: textField({ id: 'email', label: t('book.email'), type: 'email', autocomplete: 'email', maxlength: '254', hint: 'contact-hint' }, entered),
    phone: textField({ id: 'phone', label: t('book.phone'), type: 'tel', autocomplete: 'tel', maxlength: '40', hint: 'contact-hint' }, entered),
  };
  const wrong = { name: t('book.nameWrong'), email: t('book.emailWrong'), phone: t('book.phoneWrong') };
  const elements = [fields.name.element, h('p', { id: 'contact-hint' }, t(sends ? 'book.contact' : 'book.contactOnly')), fields.email.element, fields.phone.element];

  /** Throws `Missing` for the first that will not do. @returns {Details} */
  function value() {
    for (const field of Object.values(fields)) field.clear();
    const { name, email, phone } = entered;
    if (name.trim() === '') throw complainOf('name', t('book.nameMissing'));
    if (!fields.email.input.validity.valid) throw complainOf('email', wrong.email);
    // The server keeps a visit without a number that is none; here it can still be asked for.
    if (phone.trim() !== '' && (phone.match(/\d/gu) ?? []).length < FEWEST) throw complainOf('phone', wrong.phone);
    return { name: name.trim(), ...(email.trim() === '' ? {} : { email: email.trim() }), ...(phone.trim() === '' ? {} : { phone: phone.trim() }) };
  }

  /** @param {keyof typeof fields} which @param {import('../lib/i18n.js').Text} text */
  function complainOf(which, text) {
    fields[which].complain(text);
    return new Missing(text, fields[which].input);
  }

  /** @param {import('../lib/api.js').ApiProblem} problem @returns {boolean} whether it is about one of these */
  function complain({ facts }) {
    const which = String(facts['field'] ?? '').split('.').pop() ?? '';
    if (which !== 'name' && which !== 'email' && which !== 'phone') return false;
    complainOf(which, wrong[which]).field.focus();
    return true;
  }

  return { elements, value, complain };
}
