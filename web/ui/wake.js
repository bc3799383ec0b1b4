// Keeps a phone's screen on while somebody waits or talks; a locked phone drops the camera and often the call.

/** @type {WakeLockSentinel | undefined} */
let lock;
let wanted = false;

/** @param {boolean} on */
export function stayAwake(on) {
  if (wanted === on) return;
  wanted = on;
  if (on) void take();
  else void lock?.release();
}

async function take() {
  try {
    lock = await navigator.wakeLock?.request('screen');
  } catch {
    lock = undefined; // refused on low battery or in the background: the visit works without
  }
}

// The system takes the lock away whenever the page is hidden.
document.addEventListener('visibilitychange', () => {
  if (wanted && document.visibilityState === 'visible') void take();
});
