/** Which sets KernelSHAP tries, and what each weighs: whole sizes as far as they go, then a paired sample of the rest. */
import type { Random } from '../tensor/random.ts';

/** Sets without the empty and the full one. */
export interface WeightedSets {
  readonly sets: readonly Uint8Array[];
  /** [sets], positive. */
  readonly weights: Float64Array;
  /** Whether these are all sets there are. */
  readonly isExact: boolean;
}

/**
 * Chooses sets by the Shapley kernel (M - 1) / (C(M, s) s (M - s)) for a set of s players (Lundberg and Lee 2017,
 * theorem 2). Sizes s and M - s weigh the same and are taken together, from the outside, where the weight is: completely
 * as long as a sample of that length would be expected to hold them all, as the authors' program does; sizes 1 and
 * M - 1 always. What is left is sampled in pairs of a set and its complement (Covert and Lee 2021).
 * @param sampleCount at least `leastShapSamples`
 */
export function chooseSets(playerCount: number, sampleCount: number, random: Random): WeightedSets {
  const chosen = new Map<string, { readonly set: Uint8Array; weight: number }>();
  const add = (set: Uint8Array, weight: number): void => {
    const key = set.join('');
    const known = chosen.get(key);
    if (known) known.weight += weight;
    else chosen.set(key, { set, weight });
  };
  const sizes = Array.from({ length: Math.floor(playerCount / 2) }, (_, index) => sizeOf(playerCount, index + 1));
  let left = sampleCount;
  let first = 0;
  for (; first < sizes.length; first++) {
    const size = sizes[first]!;
    const rest = sizes.slice(first).reduce((sum, { weight }) => sum + weight, 0);
    // One part in 10^8 for rounding: a sample of exactly all sets must count as all.
    const isExpected = (left * size.weight) / rest >= size.count * (1 - 1e-8);
    if (size.count > left || (first > 0 && !isExpected)) break;
    for (const set of setsOfSize(playerCount, size.players)) {
      add(set, size.weight / size.count);
      if (2 * size.players !== playerCount) add(complementOf(set), size.weight / size.count);
    }
    left -= size.count;
  }
  const open = sizes.slice(first);
  sample(open, Math.floor(left / 2), playerCount, random, add);
  return {
    sets: Array.from(chosen.values(), ({ set }) => set),
    weights: Float64Array.from(chosen.values(), ({ weight }) => weight),
    isExact: open.length === 0,
  };
}

/** All sets of s or M - s players. */
interface SizeGroup {
  readonly players: number;
  /** How many sets. */
  readonly count: number;
  /** Kernel summed over them. */
  readonly weight: number;
}

function sizeOf(playerCount: number, players: number): SizeGroup {
  const sides = 2 * players === playerCount ? 1 : 2;
  return {
    players,
    count: sides * binomial(playerCount, players),
    weight: (sides * (playerCount - 1)) / (players * (playerCount - players)),
  };
}

/** Pairs of random sets of the open sizes; together they weigh what those sizes weigh. */
function sample(
  open: readonly SizeGroup[],
  pairCount: number,
  playerCount: number,
  random: Random,
  add: (set: Uint8Array, weight: number) => void,
): void {
  const total = open.reduce((sum, { weight }) => sum + weight, 0);
  for (let pair = 0; pair < pairCount && open.length > 0; pair++) {
    let place = random.next() * total;
    const size = open.find(({ weight }) => (place -= weight) < 0) ?? open.at(-1)!;
    const players = random.shuffle(Array.from({ length: playerCount }, (_, player) => player)).slice(0, size.players);
    const set = new Uint8Array(playerCount);
    for (const player of players) set[player] = 1;
    add(set, total / (2 * pairCount));
    add(complementOf(set), total / (2 * pairCount));
  }
}

function complementOf(set: Uint8Array): Uint8Array {
  return set.map((one) => 1 - one);
}

/** Every set of a size, in lexicographic order of its players. */
function* setsOfSize(playerCount: number, size: number): Generator<Uint8Array> {
  const players = Array.from({ length: size }, (_, index) => index);
  for (;;) {
    const set = new Uint8Array(playerCount);
    for (const player of players) set[player] = 1;
    yield set;
    let place = size - 1;
    while (place >= 0 && players[place] === playerCount - size + place) place--;
    if (place < 0) return;
    players[place]!++;
    for (let next = place + 1; next < size; next++) players[next] = players[next - 1]! + 1;
  }
}

/** n over k; Infinity rather than overflow is harmless here. */
function binomial(n: number, k: number): number {
  let result = 1;
  for (let index = 1; index <= k; index++) result = (result * (n - k + index)) / index;
  return Math.round(result);
}
