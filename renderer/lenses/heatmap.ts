/** Paints a compact map as pixels: bilinear upsampling, a colour ramp, a threshold. */
import type { Box, CompactMap } from '../../preload/contract/index.ts';
import { RAMPS } from './ramps.ts';
import type { RampName } from './ramps.ts';

/** Similarities that get the first and the last colour. */
export interface MapRange {
  readonly low: number;
  readonly high: number;
}

/** How a map is painted. */
export interface MapLook {
  readonly ramp: RampName;
  /** 0..1, of the strongest parts. */
  readonly opacity: number;
  /** 0..1 of the range; weaker parts are not drawn. */
  readonly threshold: number;
  /** Absent: the map's own. One range for several maps makes their colours comparable. */
  readonly range?: MapRange | undefined;
}

/** The part of the view that is painted. */
export interface MapRegion {
  /** px of the view; absent: all of it. */
  readonly box?: Box | null | undefined;
  readonly viewWidthPx: number;
  readonly viewHeightPx: number;
}

/**
 * Pixels of a map, [height, width, RGBA].
 * @param widthPx, heightPx size of the result
 */
export function paintMap(
  map: CompactMap,
  look: MapLook,
  region: MapRegion,
  widthPx: number,
  heightPx: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * widthPx * heightPx);
  const table = RAMPS[look.ramp];
  const box = region.box ?? { left: 0, top: 0, width: region.viewWidthPx, height: region.viewHeightPx };
  const range = look.range ?? map;
  const span = range.high - range.low;
  // A flat map has no strong part: nothing is drawn.
  if (!(span > 0) || map.width === 0 || map.height === 0) return pixels;
  // Value 0..255 of the map to a share of the range.
  const scale = (map.high - map.low) / 255 / span;
  const offset = (map.low - range.low) / span;
  const columns = samples(widthPx, box.left, box.width, region.viewWidthPx, map.width);
  const rows = samples(heightPx, box.top, box.height, region.viewHeightPx, map.height);
  const values = map.values;
  for (let y = 0; y < heightPx; y++) {
    const top = rows.before[y]! * map.width;
    const bottom = rows.after[y]! * map.width;
    const down = rows.share[y]!;
    for (let x = 0; x < widthPx; x++) {
      const left = columns.before[x]!;
      const right = columns.after[x]!;
      const across = columns.share[x]!;
      const upper = values[top + left]! * (1 - across) + values[top + right]! * across;
      const lower = values[bottom + left]! * (1 - across) + values[bottom + right]! * across;
      const share = Math.min(1, offset + scale * (upper * (1 - down) + lower * down));
      if (!(share > look.threshold)) continue;
      // Opacity grows with the value: weak parts leave the picture to be seen, and the border is no hard step.
      const strength = (share - look.threshold) / (1 - look.threshold);
      const at = 4 * (y * widthPx + x);
      const colour = 3 * Math.round(255 * Math.max(0, share));
      pixels[at] = table[colour]!;
      pixels[at + 1] = table[colour + 1]!;
      pixels[at + 2] = table[colour + 2]!;
      pixels[at + 3] = 255 * look.opacity * strength;
    }
  }
  return pixels;
}

/** One range for maps that are looked at together; undefined for none. */
export function commonRange(maps: readonly CompactMap[]): MapRange | undefined {
  if (maps.length === 0) return undefined;
  return { low: Math.min(...maps.map((map) => map.low)), high: Math.max(...maps.map((map) => map.high)) };
}

/** For every pixel of a line: the two cells around its centre and how far it is between them. */
function samples(lengthPx: number, start: number, extent: number, viewPx: number, cells: number) {
  const before = new Int32Array(lengthPx);
  const after = new Int32Array(lengthPx);
  const share = new Float32Array(lengthPx);
  for (let at = 0; at < lengthPx; at++) {
    // Centre of the pixel in the view, then in cells whose centres lie at whole numbers.
    const position = ((start + ((at + 0.5) / lengthPx) * extent) / viewPx) * cells - 0.5;
    const clamped = Math.min(cells - 1, Math.max(0, position));
    before[at] = Math.floor(clamped);
    after[at] = Math.min(cells - 1, before[at]! + 1);
    share[at] = clamped - before[at]!;
  }
  return { before, after, share };
}
