// A phone number as a link (RFC 3966): an extension is dialled after it, not as a part of it.

/** @param {string} phone such as `+49 30 1234567 ext. 12` */
export function telOf(phone) {
  const [number = '', extension] = phone.split(' ext. ');
  return `tel:${digits(number)}${extension === undefined ? '' : `;ext=${digits(extension)}`}`;
}

/** @param {string} text */
function digits(text) {
  return text.replace(/[^+\d]/g, '');
}
