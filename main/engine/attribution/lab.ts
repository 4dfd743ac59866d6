/** sRGB to CIELAB (CIE 1976, white D65): the space in which equal steps look equal. */
import type { Pixels } from '../image/resize.ts';

/** sRGB to XYZ, rows X, Y, Z (IEC 61966-2-1), divided by the white point, so that white is (1, 1, 1). */
const TO_XYZ = [
  [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339 / 1.08883, 0.119192 / 1.08883, 0.9503041 / 1.08883],
] as const;

/** Where the cube root is continued by a line (CIE 15). */
const EPSILON = (6 / 29) ** 3;

/** L (0..100), a and b of every pixel, [height, width, 3]; grey pictures have a = b = 0. */
export function labOf({ width, height, channels, data }: Pixels): Float32Array {
  const linear = Float64Array.from({ length: 256 }, (_, byte) => linearLight(byte / 255));
  const lab = new Float32Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * channels;
    const red = linear[data[at]!]!;
    const green = channels === 3 ? linear[data[at + 1]!]! : red;
    const blue = channels === 3 ? linear[data[at + 2]!]! : red;
    const [x, y, z] = TO_XYZ.map((row) => root(row[0] * red + row[1] * green + row[2] * blue)) as [
      number,
      number,
      number,
    ];
    lab[pixel * 3] = 116 * y - 16;
    lab[pixel * 3 + 1] = 500 * (x - y);
    lab[pixel * 3 + 2] = 200 * (y - z);
  }
  return lab;
}

function linearLight(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function root(value: number): number {
  return value > EPSILON ? Math.cbrt(value) : value / (3 * (6 / 29) ** 2) + 4 / 29;
}
