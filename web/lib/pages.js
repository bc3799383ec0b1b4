// Lists that come in pages: as many of them as are wanted, in one.

/**
 * @template {{ next_cursor: string | null, items: unknown[] }} P
 * @param {(cursor: string) => Promise<P>} ask for one page, '' for the first
 * @param {(soFar: P['items'], pages: number) => boolean} wanted whether one more page is wanted, if there is one
 * @returns {Promise<P>} the last page's answer with the items of all; `next_cursor` null: there is no more
 */
export async function allPages(ask, wanted) {
  let page = await ask('');
  let { items } = page;
  for (let pages = 1; page.next_cursor !== null && wanted(items, pages); pages += 1) {
    page = await ask(page.next_cursor);
    items = [...items, ...page.items];
  }
  return { ...page, items };
}
