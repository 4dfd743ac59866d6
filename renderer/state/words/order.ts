/** Keeps cards where they are while one works: only words that appear or vanish as words change the order. */
import type { WordCard } from '../../../preload/contract/index.ts';

/** The order of a new look: nothing is kept. */
export type Order = readonly number[];

/** True when a fresh sort would show other words, or the same ones elsewhere. */
export function isStale(order: Order, fresh: Order): boolean {
  return order.length !== fresh.length || order.some((index, place) => fresh[place] !== index);
}

/**
 * The kept order after words changed. All words stay where they are, whatever they are named or judged by now; words that
 * were merged away or split keep their place for the day they come back. New ones, which came of a split or were
 * separated, stand behind the one they came from.
 * @param fresh what a new look at `after` would show: newcomers that the filter leaves out are not added
 */
export function settleOrder(
  order: Order,
  before: readonly WordCard[],
  after: readonly WordCard[],
  fresh: Order,
): Order {
  const earlier = new Map(before.map((word) => [word.index, word]));
  const wanted = new Set(fresh);
  const kept = new Set(order);
  // Behind the word they came from; those that came from none in the list go to its end.
  const behind = new Map<number | null, number[]>();
  for (const word of after) {
    const was = earlier.get(word.index);
    const isNew = (was === undefined || !standsForItself(was)) && standsForItself(word);
    if (!isNew || !wanted.has(word.index) || kept.has(word.index)) continue;
    const from = was?.mergedInto ?? word.splitFrom;
    const place = from !== null && kept.has(from) ? from : null;
    behind.set(place, [...(behind.get(place) ?? []), word.index]);
  }
  if (behind.size === 0) return order;
  return [...order.flatMap((index) => [index, ...(behind.get(index) ?? [])]), ...(behind.get(null) ?? [])];
}

/** False for words that are shown inside another's card or by their children. */
export function standsForItself(word: WordCard): boolean {
  return word.mergedInto === null && !word.isSplit;
}
