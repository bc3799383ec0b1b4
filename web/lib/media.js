// Camera and microphone, with a name for each way they can fail (E5). Nobody is locked out: sound only, then neither.

/** `system`: blocked by the operating system; `dismissed`: the browser's question was closed; `insecure`: the page is not https.
 * @typedef {'denied' | 'dismissed' | 'system' | 'absent' | 'busy' | 'insecure' | 'unsupported'} Failure */
/** @typedef {'audio' | 'video'} Kind */
/** @typedef {{ audio?: MediaStreamTrack, video?: MediaStreamTrack, failures: Partial<Record<Kind, Failure>> }} Devices */
/** @typedef {Pick<MediaDevices, 'getUserMedia' | 'getDisplayMedia'> | undefined} Source */
/** Which device; unless `only` it will do, another takes its place where it cannot be had. @typedef {{ id: string, only: boolean }} Which */
/** @typedef {Partial<Record<Kind, Which>>} Wanted */

/** The asked-for picture: enough for a face, and what a phone encodes four times over. */
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 }, facingMode: 'user' };

/** The names of Media Capture and Streams 10.2, in four words a person can act on. @type {Readonly<Record<string, Failure>>} */
const FAILURES = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
  NotReadableError: 'busy',
  AbortError: 'busy',
  TypeError: 'unsupported',
};

/** @param {unknown} error @returns {Failure} */
export function failureOf(error) {
  const { name, message } = /** @type {Error} */ (error ?? {});
  const failure = FAILURES[name] ?? 'busy';
  return failure === 'denied' ? refused(message) : failure;
}

/** Chromium tells who refused in words only: "Permission denied by system", "Permission dismissed". @param {string} [message] @returns {Failure} */
function refused(message = '') {
  if (/system/i.test(message)) return 'system';
  return /dismissed/i.test(message) ? 'dismissed' : 'denied';
}

/** Browsers give devices to https only; `false` is said nowhere but there. @returns {Failure} */
function withoutSource() {
  return globalThis.isSecureContext === false ? 'insecure' : 'unsupported';
}

/**
 * Both if both can be had; else each by itself, so that a missing camera does not cost the voice. Never throws.
 * @param {Source} source `navigator.mediaDevices`, which is missing outside HTTPS and in some in-app browsers
 * @param {Wanted} [wanted] the devices that were chosen
 * @returns {Promise<Devices>}
 */
export async function openDevices(source, wanted = {}) {
  if (source === undefined) return { failures: { audio: withoutSource(), video: withoutSource() } };
  try {
    const stream = await source.getUserMedia({ ...ask('audio', wanted.audio), ...ask('video', wanted.video) });
    return { ...tracksOf(stream), failures: {} };
  } catch (error) {
    const failure = failureOf(error);
    // Asking again after a "no" would only ask the same question twice.
    if (failure === 'denied' || failure === 'dismissed') return { failures: { audio: failure, video: failure } };
  }
  const audio = await openOne(source, 'audio', wanted.audio);
  const video = await openOne(source, 'video', wanted.video);
  return { ...audio.tracks, ...video.tracks, failures: { ...audio.failures, ...video.failures } };
}

/**
 * One device, as when the camera is switched on again.
 * @param {Source} source
 * @param {Kind} kind
 * @param {Which} [which]
 * @returns {Promise<{ tracks: Partial<Record<Kind, MediaStreamTrack>>, failures: Partial<Record<Kind, Failure>> }>}
 */
export async function openOne(source, kind, which) {
  if (source === undefined) return { tracks: {}, failures: { [kind]: withoutSource() } };
  try {
    const stream = await source.getUserMedia(ask(kind, which));
    return { tracks: tracksOf(stream), failures: {} };
  } catch (error) {
    const failure = failureOf(error);
    const another = which !== undefined && !which.only && (failure === 'absent' || failure === 'busy');
    return another ? openOne(source, kind) : { tracks: {}, failures: { [kind]: failure } };
  }
}

/** @param {Kind} kind @param {Which} [which] @returns {MediaStreamConstraints} */
function ask(kind, which) {
  // Not `ideal`: a camera that fits the asked-for size better would win over the chosen one.
  const deviceId = which === undefined ? {} : { deviceId: { exact: which.id } };
  if (kind === 'audio') return { audio: which === undefined ? true : deviceId };
  // A camera that was chosen may look any way.
  return { video: which === undefined ? PICTURE : { ...PICTURE, facingMode: undefined, ...deviceId } };
}

/** @param {MediaStream} stream @returns {Partial<Record<Kind, MediaStreamTrack>>} */
function tracksOf(stream) {
  const [audio, video] = [stream.getAudioTracks()[0], stream.getVideoTracks()[0]];
  return { ...(audio && { audio }), ...(video && { video }) };
}
