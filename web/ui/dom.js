// Elements from words, never from markup. A child is a node or a `Text` (lib/i18n.js), so `tsc` refuses words outside the catalogues.

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {Node | Text | null} Child */

/**
 * Attributes and listeners. Those a person hears or reads are `Text`.
 * @typedef {{ class?: string, id?: string, type?: string, for?: string, name?: string, value?: string, role?: string, href?: string,
 *   rows?: string, maxlength?: string, max?: string, min?: string, scope?: string, tabindex?: string, dateTime?: string, lang?: string,
 *   inputmode?: string, autocomplete?: string, spellcheck?: 'false', list?: string, download?: string,
 *   'aria-label'?: Text, 'aria-labelledby'?: string, 'aria-describedby'?: string, 'aria-hidden'?: 'true', 'aria-live'?: 'off' | 'polite',
 *   'aria-checked'?: 'true' | 'false', 'aria-invalid'?: 'true' | 'false',
 *   required?: boolean, readonly?: boolean, hidden?: boolean, open?: boolean, novalidate?: boolean,
 *   onclick?: (event: Event) => void, onchange?: (event: Event) => void, oninput?: (event: Event) => void, onfocus?: (event: Event) => void,
 *   ontoggle?: (event: Event) => void, onsubmit?: (event: SubmitEvent) => void }} Attributes
 */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** @param {HTMLElement} element @param {string} name @param {unknown} value */
function set(element, name, value) {
  if (typeof value === 'function') element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
  else if (value === true) element.setAttribute(name, '');
  else if (typeof value === 'string') element.setAttribute(name, value);
}

/** Changes an element's words only when they differ, so that a screen reader is not told twice. @param {Element} element @param {Text | ''} text */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The element of this id, which the page's own HTML has. @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`This page has no #${id}.`);
  return found;
}
