/** Seeded pseudo-random numbers: same seed, same sequence, on every machine. */

/** A stream of pseudo-random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, limit). */
  integer(limit: number): number;
  /** Fisher-Yates shuffle of a copy. */
  shuffle<T>(items: readonly T[]): T[];
  /** An independent stream derived from this seed and a label; does not advance this one. */
  fork(label: string): Random;
}

/**
 * Creates a stream (sfc32, Doty-Humphrey 2010; passes PractRand).
 * @param seed any integer; fractions are floored
 */
export function createRandom(seed: number): Random {
  const base = Math.floor(seed) >>> 0;
  let a = base ^ 0x9e3779b9;
  let b = Math.imul(base, 0x85ebca6b) ^ 0x243f6a88;
  let c = Math.imul(base, 0xc2b2ae35) ^ 0xb7e15162;
  let counter = 1;

  function bits(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  }
  // The state mixes fully after 12 rounds (author's recommendation: 12 to 20).
  for (let round = 0; round < 20; round++) bits();

  const random: Random = {
    next: () => (bits() * 2 ** 21 + (bits() >>> 11)) / 2 ** 53,
    normal() {
      // Box-Muller; 1 - u keeps the logarithm finite.
      const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
      return radius * Math.cos(2 * Math.PI * random.next());
    },
    integer: (limit) => Math.floor(random.next() * limit),
    shuffle<T>(items: readonly T[]): T[] {
      const result = [...items];
      for (let last = result.length - 1; last > 0; last--) {
        const pick = random.integer(last + 1);
        [result[last], result[pick]] = [result[pick]!, result[last]!];
      }
      return result;
    },
    fork: (label) => createRandom(hashLabel(label, base)),
  };
  return random;
}

/** FNV-1a over the label's UTF-16 units, started from the seed. */
function hashLabel(label: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < label.length; index++) {
    hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
