// The server's clock, one a page: every answer says what time it is, and it is asked when this machine's clocks have come apart.

import { ServerClock } from '../lib/server-clock.js';

/** Milliseconds until it is asked again by a machine that has just woken and has no network yet. */
const AGAIN = 3_000;

export const serverClock = new ServerClock();

/** `fetch`, which hears the time that every answer has (RFC 9110, 6.6.1). @type {typeof fetch} */
export async function timedFetch(input, init) {
  const sent = serverClock.steady();
  const answer = await fetch(input, init);
  const date = Date.parse(answer.headers.get('date') ?? '');
  if (!Number.isNaN(date)) serverClock.hearBetween(date, date + 1_000 + serverClock.steady() - sent);
  return answer;
}

let asking = false;

serverClock.onapart = () => {
  if (!asking) void ask();
};

/** Nothing but the time: this page's own address, which is a token's no more. */
async function ask() {
  asking = true;
  try {
    await timedFetch(location.pathname, { method: 'HEAD', cache: 'no-store', credentials: 'omit' });
    asking = false;
  } catch {
    setTimeout(() => void ask(), AGAIN); // no network; the steady clock goes on
  }
}

for (const sign of ['visibilitychange', 'resume']) document.addEventListener(sign, () => serverClock.look());
for (const sign of ['pageshow', 'focus', 'online']) window.addEventListener(sign, () => serverClock.look());
