// What is looked at all day is loaded anew by itself: not while it is hidden, nor while somebody is being asked something.

/** @param {HTMLElement} place */
function isLookedAt(place) {
  return document.visibilityState === 'visible' && !place.hidden && document.querySelector('dialog[open]') === null;
}

/** @param {HTMLElement} place @param {() => void} look @param {number} every milliseconds */
export function whileLookedAt(place, look, every) {
  const once = () => { if (isLookedAt(place)) look(); };
  setInterval(once, every);
  document.addEventListener('visibilitychange', once);
  return once;
}
