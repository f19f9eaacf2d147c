/** Reads lists that the API tells in pages. */

interface Page<T> {
  items: T[] | undefined;
  /** Where the next page begins; there is none without. */
  next: string | undefined;
}

export async function allPages<T>(read: (from: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let from: string | undefined;
  do {
    const { items, next } = await read(from);
    all.push(...(items ?? []));
    from = next;
  } while (from);
  return all;
}
