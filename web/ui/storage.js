// The tab's own storage. A browser that forbids it (all cookies blocked) loses only the way back after a reload.

/** @returns {Storage} */
function tabsOwn() {
  try {
    return window.sessionStorage;
  } catch {
    return inMemory(); // SecurityError: forbidden in this browser's settings
  }
}

/** @returns {Storage} */
function inMemory() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}

export const storage = tabsOwn();
