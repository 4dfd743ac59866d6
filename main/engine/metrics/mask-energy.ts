/** Where part or object masks exist: how much of a map lies inside. */

/** Share of the strongest pixels that `pointing` looks at (method.md section 6). */
const POINTING_SHARE = 0.1;

/** Figures of one map and one mask. */
export interface MaskFigures {
  /** Share of the map's energy inside the mask, 0..1; NaN when the map is flat. */
  readonly energy: number;
  /** Share of the top-10 % pixels inside, 0..1; NaN when the map is flat. */
  readonly pointing: number;
  /** Share of the pixels inside: what a map without any knowledge scores. */
  readonly chance: number;
}

/**
 * Energy is the map scaled to 0..1 (a constant offset of a similarity is not evidence), summed.
 * @param map finite values, one per pixel
 * @param mask same size, non-zero inside
 */
export function maskFigures(map: Float32Array, mask: Uint8Array): MaskFigures {
  const low = map.reduce((a, b) => Math.min(a, b), Infinity);
  const sorted = map.slice().sort();
  // Strictly above the order statistic below the top share, as every top part here.
  const threshold = sorted[Math.floor((1 - POINTING_SHARE) * (map.length - 1))]!;
  let area = 0;
  let energy = 0;
  let energyInside = 0;
  let top = 0;
  let topInside = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    const inside = mask[pixel] === 0 ? 0 : 1;
    const value = map[pixel]!;
    area += inside;
    energy += value - low;
    energyInside += inside * (value - low);
    if (value > threshold) {
      top++;
      topInside += inside;
    }
  }
  return { energy: energyInside / energy, pointing: topInside / top, chance: area / map.length };
}
