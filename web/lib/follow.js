// While somebody is early their visit may be moved or cancelled: the link is looked at now and then, which counts as nothing.

import { ApiProblem } from './api.js';
import { ownLink } from './calls/link.js';
import { opensNothing } from './codes.js';

/** Milliseconds between looks. A call at the door is soon enough: who counts down for hours need not know within seconds. */
export const LOOK_EVERY = 60_000;

/**
 * @param {import('./api.js').Api} api
 * @param {() => void} onchange once: say hello again, the server then says what is so
 * @returns {() => void} stops it
 */
export function follow(api, onchange) {
  /** What was so at the first look. The hello may have been told another appointment's time, of the same room (D1). @type {string | null} */
  let before = null;
  let stopped = false;
  void look();
  const timer = setInterval(() => void look(), LOOK_EVERY);

  function stop() {
    stopped = true;
    clearInterval(timer);
  }

  async function look() {
    const now = await stand(api);
    if (stopped || now === null) return;
    if (before !== null && before !== now) {
      stop();
      onchange();
    }
    before = now;
  }

  return stop;
}

/** What would change the countdown, as one word; null: not known just now. @param {import('./api.js').Api} api */
async function stand(api) {
  try {
    const { appointment } = await ownLink(api);
    return JSON.stringify([appointment.status, appointment.window, appointment.starts_at]);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    return opensNothing(error.code) ? error.code : null;
  }
}
