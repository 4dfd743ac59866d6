/** The parts demo objects are made of: each is a small picture in its own coordinates. */

/** Red, green and blue in 0..1. */
export type Rgb = readonly [number, number, number];

/**
 * Colour of a part at a point, or undefined outside it.
 * @param x -1..1, to the right
 * @param y -1..1, downwards
 */
export type PartPainter = (x: number, y: number) => Rgb | undefined;

const INK: Rgb = [0.1, 0.1, 0.12];
const CHALK: Rgb = [0.95, 0.94, 0.9];

/** Every part by name; all fill roughly the unit square or disc so that their areas are alike. */
export const PARTS = {
  wheel: (x, y) => {
    const radius = Math.hypot(x, y);
    if (radius > 1) return undefined;
    if (radius > 0.68 || radius < 0.18) return INK;
    const spoke = Math.cos(6 * Math.atan2(y, x));
    return spoke > 0.55 ? INK : [0.75, 0.78, 0.8];
  },
  eye: (x, y) => {
    const radius = Math.hypot(x, y);
    if (radius > 1) return undefined;
    if (radius < 0.38) return INK;
    return radius < 0.62 ? [0.15, 0.5, 0.85] : CHALK;
  },
  stripes: (x, y) => {
    if (Math.max(Math.abs(x), Math.abs(y)) > 0.9) return undefined;
    return Math.sin(9 * (x + y)) > 0 ? [0.95, 0.78, 0.1] : INK;
  },
  checks: (x, y) => {
    if (Math.max(Math.abs(x), Math.abs(y)) > 0.9) return undefined;
    return (Math.floor((x + 0.9) / 0.45) + Math.floor((y + 0.9) / 0.45)) % 2 === 0 ? CHALK : INK;
  },
  spots: (x, y) => {
    if (Math.hypot(x, y) > 1) return undefined;
    const cell = 0.55;
    const offsetX = ((((x + cell / 2) % cell) + cell) % cell) - cell / 2;
    const offsetY = ((((y + cell / 2) % cell) + cell) % cell) - cell / 2;
    return Math.hypot(offsetX, offsetY) < 0.17 ? INK : [0.88, 0.2, 0.16];
  },
  star: (x, y) => {
    const angle = Math.atan2(x, -y);
    const fifth = (2 * Math.PI) / 5;
    const folded = Math.abs(((((angle + fifth / 2) % fifth) + fifth) % fifth) - fifth / 2);
    // The edge of a five-pointed star is a straight line within each folded tenth.
    const inner = 0.42;
    const edge =
      (inner * Math.sin(fifth / 2)) /
      (Math.sin(folded) * (1 - inner * Math.cos(fifth / 2)) + inner * Math.sin(fifth / 2) * Math.cos(folded));
    return Math.hypot(x, y) <= edge ? [0.98, 0.62, 0.08] : undefined;
  },
  fin: (x, y) => {
    if (y < -0.95 || y > 0.9 || Math.abs(x) > (y + 0.95) * 0.52) return undefined;
    return Math.sin(11 * y) > 0.1 ? [0.1, 0.55, 0.5] : [0.7, 0.93, 0.85];
  },
  cross: (x, y) => {
    if (Math.max(Math.abs(x), Math.abs(y)) > 0.95 || Math.min(Math.abs(x), Math.abs(y)) > 0.32) return undefined;
    return [0.55, 0.2, 0.65];
  },
} as const satisfies Record<string, PartPainter>;

/** Name of a part. */
export type PartName = keyof typeof PARTS;

/** Every part name; a part's value in a mask is its index here plus one. */
export const PART_NAMES = Object.keys(PARTS) as readonly PartName[];

/** The planted shortcut: a pink tag with a white corner, outside the object. */
export const paintSticker: PartPainter = (x, y) => {
  if (Math.max(Math.abs(x), Math.abs(y)) > 0.95) return undefined;
  return x - y > 0.7 ? CHALK : [0.98, 0.25, 0.6];
};

/** Value of the sticker in a mask. */
export const STICKER_MASK_VALUE = PART_NAMES.length + 1;
