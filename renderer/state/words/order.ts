/** Keeps cards where they are while one works: only words that appear or vanish as words change the order. */
import type { WordCard } from '../../../preload/contract/index.ts';

/** The order of a new look: nothing is kept. */
export type Order = readonly number[];

/** True when a fresh sort would show other words, or the same ones elsewhere. */
export function isStale(order: Order, fresh: Order): boolean {
  return order.length !== fresh.length || order.some((index, place) => fresh[place] !== index);
}

/**
 * The kept order after words changed. Words that were merged away or split leave, words that came of a split or were
 * separated take the place of the one they came from; all others stay, whatever they are named or judged by now.
 * @param fresh what a new look at `after` would show: newcomers that the filter leaves out are not added
 */
export function settleOrder(
  order: Order,
  before: readonly WordCard[],
  after: readonly WordCard[],
  fresh: Order,
): Order {
  const origin = new Map(before.map((word) => [word.index, word]));
  const wanted = new Set(fresh);
  const stands = new Set(after.filter(standsForItself).map((word) => word.index));
  const kept = new Set(order);
  const newcomers = after.filter((word) => {
    const earlier = origin.get(word.index);
    const isNew = earlier === undefined || !standsForItself(earlier);
    return isNew && stands.has(word.index) && wanted.has(word.index) && !kept.has(word.index);
  });
  // Placed behind the word they came from; those that came from none in the list go to its end.
  const behind = new Map<number | null, number[]>();
  for (const word of newcomers) {
    const from = origin.get(word.index)?.mergedInto ?? word.splitFrom ?? childOf(word.index, before);
    const place = from !== null && kept.has(from) ? from : null;
    behind.set(place, [...(behind.get(place) ?? []), word.index]);
  }
  const settled = order.flatMap((index) => [...(stands.has(index) ? [index] : []), ...(behind.get(index) ?? [])]);
  return [...settled, ...(behind.get(null) ?? [])];
}

/** False for words that are shown inside another's card or by their children. */
export function standsForItself(word: WordCard): boolean {
  return word.mergedInto === null && !word.isSplit;
}

/** A word put together again takes the place of its first child. */
function childOf(index: number, before: readonly WordCard[]): number | null {
  return before.find((word) => word.splitFrom === index)?.index ?? null;
}
