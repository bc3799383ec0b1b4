// A few words about this device, shown to staff in attendance so that two devices of one person can be told apart (F1).

/** The first that fits wins: Edge and Opera call themselves Chrome, Chrome calls itself Safari. @type {readonly [string, RegExp][]} */
const BROWSERS = [['Edge', /Edg/], ['Opera', /OPR\//], ['Firefox', /Firefox|FxiOS/], ['Chrome', /Chrom|CriOS/], ['Safari', /Safari/]];
/** Android calls itself Linux. @type {readonly [string, RegExp][]} */
const SYSTEMS = [['Android', /Android/], ['iPhone', /iPhone/], ['iPad', /iPad/], ['Windows', /Windows/], ['Mac', /Macintosh/], ['Linux', /Linux/]];

/** "Chrome, Android". @param {string} userAgent */
export function deviceWords(userAgent) {
  const first = (/** @type {readonly [string, RegExp][]} */ list) => list.find(([, sign]) => sign.test(userAgent))?.[0];
  return [first(BROWSERS) ?? 'Browser', first(SYSTEMS)].filter((word) => word !== undefined).join(', ');
}
