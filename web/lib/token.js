// The link's token: taken from the fragment before any request, out of the address bar, kept for reloads of this tab (A4).

const KEPT = 'consultroom.token';

/**
 * The tab's token, or '' where there is none. A token in the address wins over the one kept.
 * @param {Pick<Location, 'hash' | 'pathname' | 'search'>} location
 * @param {Pick<History, 'replaceState'>} history
 * @param {Pick<Storage, 'getItem' | 'setItem'>} storage
 */
export function takeToken(location, history, storage) {
  const shown = location.hash.replace(/^#/, '');
  if (shown === '') return storage.getItem(KEPT) ?? '';
  storage.setItem(KEPT, shown);
  history.replaceState(null, '', location.pathname + location.search);
  return shown;
}

/**
 * Where to connect to.
 * @param {string} origin of the page
 * @param {string} token
 */
export function socketUrl(origin, token) {
  return `${origin.replace(/^http/, 'ws')}/ws/${affinity(token)}`;
}

/**
 * The token's first segment, for the WebSocket's path. It is a hint for a proxy and no secret (CONTRACT, WebSocket).
 * @param {string} token
 */
export function affinity(token) {
  const first = token.split('.', 1)[0] ?? '';
  return /^[A-Za-z0-9_-]{1,16}$/.test(first) ? first : '';
}
