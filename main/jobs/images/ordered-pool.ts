/** Runs an async function over items, several at a time, and hands the results on in the order of the items. */

/**
 * @param items inputs
 * @param limit how many run at the same time, >= 1; also how many finished results may wait for an earlier one
 * @param action one item's work; its failure ends the iteration
 */
export async function* mapInOrder<Item, Result>(
  items: readonly Item[],
  limit: number,
  action: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  let next = 0;
  try {
    while (next < items.length || running.length > 0) {
      while (next < items.length && running.length < limit) running.push(action(items[next++]!));
      yield await running.shift()!;
    }
  } finally {
    // Whoever stops early gets its own error; these would have no one to go to.
    await Promise.allSettled(running);
  }
}
