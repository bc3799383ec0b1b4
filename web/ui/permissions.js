// A permission given in the browser's own settings: devices open by themselves, without a reload (E5).

/** @typedef {import('../lib/own-media.js').OwnMedia} OwnMedia */

/** @type {readonly [import('../lib/media.js').Kind, string][]} */
const NAMES = [['video', 'camera'], ['audio', 'microphone']];

/** Only what was tried and refused is tried again. @param {OwnMedia} own */
export function followPermissions(own) {
  for (const [kind, name] of NAMES) void follow(own, kind, name);
}

/** @param {OwnMedia} own @param {import('../lib/media.js').Kind} kind @param {string} name */
async function follow(own, kind, name) {
  const status = await statusOf(name);
  status?.addEventListener('change', () => {
    if (status.state === 'granted' && own.failures[kind] !== undefined) void own.again();
  });
}

/** @param {string} name @returns {Promise<PermissionStatus | null>} null: this browser does not tell (older Firefox and Safari), "Try again" is pressed there */
async function statusOf(name) {
  try {
    return await navigator.permissions.query({ name: /** @type {PermissionName} */ (name) });
  } catch {
    return null;
  }
}
