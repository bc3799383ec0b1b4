// The tab's own storage, and the browser's. One that forbids both (all cookies blocked) loses only the way back after a reload.

/** @param {'sessionStorage' | 'localStorage'} kind @returns {Storage} */
function kept(kind) {
  try {
    return window[kind];
  } catch {
    return inMemory(); // SecurityError: forbidden in this browser's settings
  }
}

/** @returns {Storage} */
function inMemory() {
  /** @type {Map<string, string>} */
  const items = new Map();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  };
}

export const storage = kept('sessionStorage');

/** This browser's, beyond the tab: only what a person asked to be kept. */
export const lasting = kept('localStorage');
