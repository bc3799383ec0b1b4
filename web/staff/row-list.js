// Lists of rows that stay themselves while they are loaded anew: an opened row stays open, also when it moves to another list.

import { rowView } from './row.js';

/** @typedef {import('../lib/shown.js').LinkRow} LinkRow */
/** @typedef {ReturnType<typeof rowView>} RowView */

/** @param {import('./desk.js').Desk} desk */
export function rowLists(desk) {
  /** @type {Map<string, RowView>} */
  const views = new Map();

  /** @param {LinkRow} row @param {boolean} open */
  function viewOf(row, open) {
    const known = views.get(row.appointment.id);
    if (known === undefined) {
      const made = rowView(row, desk, open);
      views.set(row.appointment.id, made);
      return made;
    }
    known.update(row);
    return known;
  }

  /** @param {readonly { list: HTMLElement, rows: readonly LinkRow[] }[]} lists no appointment is in two of them @param {boolean} [open] those that are new */
  function fill(lists, open = false) {
    const focused = document.activeElement;
    for (const { list, rows } of lists) order(list, rows.map((row) => viewOf(row, open).element));
    const kept = new Set(lists.flatMap(({ rows }) => rows.map(({ appointment }) => appointment.id)));
    for (const id of [...views.keys()]) if (!kept.has(id)) views.delete(id);
    // An element that is moved loses the focus.
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true });
  }

  return { fill };
}

/** @param {HTMLElement} list @param {readonly HTMLElement[]} wanted */
function order(list, wanted) {
  wanted.forEach((element, index) => {
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  });
  while (list.children.length > wanted.length) list.lastElementChild?.remove();
}
