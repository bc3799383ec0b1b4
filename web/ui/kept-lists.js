// Lists that stay themselves while they are loaded anew: an opened row stays open, also when it moves to another list, and
// whoever is in one with the keyboard stays there.

/** @typedef {{ element: HTMLElement }} View */

/**
 * @template T
 * @param {(item: T) => string} idOf
 * @param {(item: T, open: boolean) => View & { update: (item: T) => void }} make
 */
export function keptLists(idOf, make) {
  /** @type {Map<string, ReturnType<typeof make>>} */
  const views = new Map();

  /** @param {T} item @param {boolean} open */
  function viewOf(item, open) {
    const known = views.get(idOf(item));
    if (known === undefined) {
      const made = make(item, open);
      views.set(idOf(item), made);
      return made;
    }
    known.update(item);
    return known;
  }

  /** @param {readonly { list: HTMLElement, rows: readonly T[] }[]} lists nothing is in two of them @param {boolean} [open] those that are new */
  function fill(lists, open = false) {
    const focused = document.activeElement;
    const within = focused?.closest('li') ?? null;
    const places = lists.map(({ list }) => [...list.children].findIndex((row) => row.contains(focused)));
    for (const { list, rows } of lists) order(list, rows.map((row) => viewOf(row, open).element));
    const kept = new Set(lists.flatMap(({ rows }) => rows.map(idOf)));
    for (const id of [...views.keys()]) if (!kept.has(id)) views.delete(id);
    // An element that is moved loses the focus; what is gone leaves it to its neighbour.
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true });
    else if (within !== null && document.activeElement === document.body) focusNear(lists, places);
  }

  return { fill };
}

/** @param {readonly { list: HTMLElement }[]} lists @param {readonly number[]} places in each, of the row that had the focus */
function focusNear(lists, places) {
  places.forEach((place, index) => {
    const list = lists[index]?.list;
    const near = place < 0 ? undefined : list?.children[Math.min(place, list.children.length - 1)];
    /** @type {HTMLElement | null | undefined} */ (near?.querySelector('summary, button'))?.focus();
  });
}

/** @param {HTMLElement} list @param {readonly HTMLElement[]} wanted */
function order(list, wanted) {
  wanted.forEach((element, index) => {
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  });
  while (list.children.length > wanted.length) list.lastElementChild?.remove();
}
