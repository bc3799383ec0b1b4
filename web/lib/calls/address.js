// The bookmarkable address (A8): a code to the contact on file, or a remembered device, opens it.

/** @typedef {import('../api.js').Api} Api */
/** @typedef {import('../shown.js').Opened} Opened */

/** @param {Api} api @param {string} address */
export function askCode(api, address) {
  return api.post('/v1/addresses/code', { address });
}

/** @param {Api} api @param {string} address @param {string} code six digits @param {boolean} remember @returns {Promise<Opened>} */
export function openByCode(api, address, code, remember) {
  return api.post('/v1/addresses/open', { address, code, remember });
}

/** @param {Api} api @param {string} address @param {string} device the secret this browser keeps @returns {Promise<Opened>} */
export function openByDevice(api, address, device) {
  return api.post('/v1/addresses/open', { address, device });
}

/** @param {Api} api @param {string} address @param {string} device */
export function forgetDevice(api, address, device) {
  return api.post('/v1/addresses/forget', { address, device });
}
