// What to do about a camera or microphone that fails, in this browser: a word for each advice of the catalogues (E5). Pure.

/** @typedef {import('./browser-kind.js').BrowserKind} BrowserKind */
/** @typedef {import('./media.js').Failure} Failure */

/** Where a browser of a desk has its switch. @type {Readonly<Record<string, string>>} */
const AT_A_DESK = { chrome: 'deniedChrome', edge: 'deniedEdge', firefox: 'deniedFirefox', safari: 'deniedSafari' };
/** @type {Readonly<Record<string, string>>} */
const ON_ANDROID = { firefox: 'deniedFirefoxAndroid', samsung: 'deniedSamsung' };
/** @type {Readonly<Record<string, string>>} */
const BY_SYSTEM = { android: 'systemAndroid', ios: 'systemIos', mac: 'systemMac', windows: 'systemWindows' };

/** Every one there is, so that a test can hold them against the catalogues. */
export const ADVICE = [
  ...Object.values(AT_A_DESK), 'deniedDesk', ...Object.values(ON_ANDROID), 'deniedAndroid', 'deniedSafariIos', 'deniedIos',
  ...Object.values(BY_SYSTEM), 'systemOther', 'busyDesk', 'busyPhone', 'absentDesk', 'absentPhone', 'dismissed', 'insecure', 'unsupported',
  'appAndroid', 'appIos', 'appOther',
];

/** What another app's browser is to blame for: nothing in the app itself can be switched. @type {readonly Failure[]} */
const OF_THE_APP = ['denied', 'system', 'unsupported'];

/** @param {Failure} failure @param {BrowserKind} kind @returns {string} one of `ADVICE` */
export function adviceOf(failure, kind) {
  if (kind.app !== null && OF_THE_APP.includes(failure)) return leaveApp(kind);
  if (failure === 'denied') return whereAllowed(kind);
  if (failure === 'system') return BY_SYSTEM[kind.system] ?? 'systemOther';
  if (failure === 'busy' || failure === 'absent') return `${failure}${isPhone(kind) ? 'Phone' : 'Desk'}`;
  return failure;
}

/** How to get from an app's own browser into a real one. @param {BrowserKind} kind */
export function leaveApp({ system }) {
  if (system === 'android') return 'appAndroid';
  return system === 'ios' ? 'appIos' : 'appOther';
}

/** @param {BrowserKind} kind */
function whereAllowed({ system, browser }) {
  if (system === 'android') return ON_ANDROID[browser] ?? 'deniedAndroid';
  if (system === 'ios') return browser === 'safari' ? 'deniedSafariIos' : 'deniedIos';
  return AT_A_DESK[browser] ?? 'deniedDesk';
}

/** @param {BrowserKind} kind */
function isPhone({ system }) {
  return system === 'android' || system === 'ios';
}
