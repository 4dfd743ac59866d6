/** Colours of maps: perceptually even ramps that stay readable in greyscale and to colour-blind eyes. */

/** Inferno for word maps, viridis for Grad-CAM; the same map always has the same colours. */
export type RampName = 'inferno' | 'viridis';

/** Eleven even anchors of each ramp (van der Walt and Smith 2015, matplotlib), 0xRRGGBB, dark to light. */
const ANCHORS = {
  inferno: [
    0x000004, 0x160b39, 0x420a68, 0x6a176e, 0x932667, 0xbc3754, 0xdd513a, 0xf37819, 0xfca50a, 0xf6d746, 0xfcffa4,
  ],
  viridis: [
    0x440154, 0x482576, 0x414487, 0x35608d, 0x2a788e, 0x21908c, 0x22a884, 0x43bf71, 0x7ad151, 0xbbdf27, 0xfde725,
  ],
} as const satisfies Record<RampName, readonly number[]>;

/** Alpha of the strongest place, 0..255: the picture below stays recognisable. */
const STRONGEST_ALPHA = 200;

/**
 * A ramp as a table for overlays: what is weak is clear, what is strong is coloured.
 * @returns [256, 4], RGBA
 */
export function overlayTable(name: RampName): Uint8Array {
  const anchors = ANCHORS[name];
  const table = new Uint8Array(256 * 4);
  for (let level = 0; level < 256; level++) {
    const place = (level / 255) * (anchors.length - 1);
    const index = Math.min(anchors.length - 2, Math.floor(place));
    const part = place - index;
    for (let channel = 0; channel < 3; channel++) {
      const shift = 16 - 8 * channel;
      const from = (anchors[index]! >> shift) & 255;
      const to = (anchors[index + 1]! >> shift) & 255;
      table[level * 4 + channel] = Math.round(from + (to - from) * part);
    }
    table[level * 4 + 3] = Math.round(STRONGEST_ALPHA * (level / 255));
  }
  return table;
}
