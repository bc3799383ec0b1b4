// Which browser this is, and whether it is inside another app: where its permissions are differs (E5). From the user agent,
// since no feature says where a browser keeps its switches; a wrong guess costs a sentence, never the visit. Pure.

/** @typedef {'chrome' | 'edge' | 'firefox' | 'opera' | 'safari' | 'samsung' | 'other'} Browser */
/** @typedef {'android' | 'ios' | 'mac' | 'windows' | 'other'} System */

/** `app`: whose in-app browser this is; '' for one that does not say, null for a browser of its own.
 * @typedef {{ browser: Browser, system: System, app: string | null }} BrowserKind */

/** Messenger before Facebook: both are signed FBAN or FB_IAB. @type {readonly [string, RegExp][]} */
const APPS = [
  ['Messenger', /FBAN\/Messenger|FB_IAB\/(MESSENGER|Orca)/],
  ['Instagram', /Instagram/],
  ['Facebook', /FBAN|FBAV|FB_IAB/],
  ['WhatsApp', /WhatsApp/],
  ['LinkedIn', /LinkedInApp/],
  ['TikTok', /TikTok|musical_ly|BytedanceWebview|trill_/],
  ['Line', /\bLine\/\d/],
  ['WeChat', /MicroMessenger/],
  ['Snapchat', /Snapchat/],
  ['Google', /\bGSA\//],
];

/** Android's WebView says so; iOS' is AppleWebKit that does not call itself Safari. */
const SOME_APP = /; wv\)|(iPhone|iPad|iPod)(?!.*Safari\/).*AppleWebKit/;

/** The first that fits wins, for most also call themselves Chrome or Safari. @type {readonly [Browser, RegExp][]} */
const BROWSERS = [
  ['edge', /Edg(A|iOS)?\//],
  ['opera', /OPR\/|OPT\//],
  ['samsung', /SamsungBrowser/],
  ['firefox', /Firefox|FxiOS/],
  ['chrome', /Chrom(e|ium)\/|CriOS/],
  ['safari', /Version\/[\d.]+.*Safari/],
];

/** @type {readonly [System, RegExp][]} */
const SYSTEMS = [['android', /Android/], ['ios', /iPhone|iPad|iPod/], ['mac', /Macintosh/], ['windows', /Windows/]];

/**
 * @param {string} userAgent
 * @param {number} [touchPoints] `navigator.maxTouchPoints`: an iPad calls itself a Mac, and no Mac has a touch screen
 * @returns {BrowserKind}
 */
export function browserKind(userAgent, touchPoints = 0) {
  const first = (/** @type {readonly (readonly [any, RegExp])[]} */ list) => list.find(([, sign]) => sign.test(userAgent))?.[0];
  const system = first(SYSTEMS) ?? 'other';
  return {
    browser: first(BROWSERS) ?? 'other',
    system: system === 'mac' && touchPoints > 1 ? 'ios' : system,
    app: first(APPS) ?? (SOME_APP.test(userAgent) ? '' : null),
  };
}
