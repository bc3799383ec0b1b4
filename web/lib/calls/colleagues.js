// Who a visit can be handed to (D3).

/** @typedef {{ id: string, name: string }} Colleague */

/** @param {import('../api.js').Api} api @returns {Promise<Colleague[]>} */
export async function colleagues(api) {
  return (await api.get('/v1/colleagues')).items;
}
