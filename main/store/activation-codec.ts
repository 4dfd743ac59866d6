/** Activation maps with 8 bits per position: compact, and exact enough to be looked at. */

/** Maps as stored. */
export interface EncodedMaps {
  /** float32 per map, [kept]. */
  readonly minima: Float32Array;
  /** float32 per map, [kept]. */
  readonly maxima: Float32Array;
  /** [kept, height, width]; 0 stands for the map's minimum, 255 for its maximum. */
  readonly levels: Uint8Array;
}

/** Steps between a map's minimum and maximum. */
const LEVELS = 255;

/**
 * Quantises maps.
 * @param maps [kept, height, width], finite
 * @param mapSize height x width, positions per map
 */
export function encodeMaps(maps: Float32Array, mapSize: number): EncodedMaps {
  const kept = maps.length / mapSize;
  const minima = new Float32Array(kept).fill(Infinity);
  const maxima = new Float32Array(kept).fill(-Infinity);
  maps.forEach((value, position) => {
    const map = Math.floor(position / mapSize);
    minima[map] = Math.min(minima[map]!, value);
    maxima[map] = Math.max(maxima[map]!, value);
  });
  const levels = Uint8Array.from(maps, (value, position) => {
    const map = Math.floor(position / mapSize);
    const range = maxima[map]! - minima[map]!;
    return range === 0 ? 0 : Math.round(((value - minima[map]!) / range) * LEVELS);
  });
  return { minima, maxima, levels };
}

/** Maps [kept, height, width] again; error at most half a level: (maximum - minimum) / 510. */
export function decodeMaps({ minima, maxima, levels }: EncodedMaps, mapSize: number): Float32Array {
  return Float32Array.from(levels, (level, position) => {
    const map = Math.floor(position / mapSize);
    return minima[map]! + (level / LEVELS) * (maxima[map]! - minima[map]!);
  });
}
