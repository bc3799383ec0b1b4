// What a press sets going: one thing at a time, and what goes wrong is said beside it.

import { say } from './dom.js';

/**
 * @param {HTMLElement} trouble where it is said
 * @param {(error: unknown) => void} failed what `act` threw
 * @returns {(act: () => Promise<unknown>) => Promise<void>} does nothing while one is under way
 */
export function oneAtATime(trouble, failed) {
  let busy = false;
  return async (act) => {
    if (busy) return;
    busy = true;
    say(trouble, '');
    try {
      await act();
    } catch (error) {
      failed(error);
    } finally {
      busy = false;
    }
  };
}
