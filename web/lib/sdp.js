// What is read of a session description: whose it is, which of theirs, and the candidates in it.

/**
 * Its `o=` line: the session id lasts as long as the connection, and each description the connection makes has a higher version
 * than the one before (RFC 8829 5.2.1, 5.2.2).
 * @param {string | undefined} sdp
 */
export function origin(sdp) {
  const [, session = '', version = ''] = /^o=\S+ (\S+) (\d+) /m.exec(sdp ?? '') ?? [];
  return { session, version: Number(version) };
}

/** What had been found when it was sent. @param {string | undefined} sdp @returns {RTCIceCandidateInit[]} */
export function candidatesIn(sdp) {
  const media = (sdp ?? '').split(/^m=/m).slice(1);
  return media.flatMap((section, sdpMLineIndex) =>
    [...section.matchAll(/^a=(candidate:.*)$/gm)].map(([, candidate = '']) => ({ candidate: candidate.trim(), sdpMLineIndex })));
}
