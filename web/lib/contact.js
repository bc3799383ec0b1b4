// How somebody is reached, as they write it into one field.

/** @param {string} text an e-mail address or a phone number @returns {{ email: string } | { phone: string }} */
export function contactOf(text) {
  return text.includes('@') ? { email: text } : { phone: text };
}
