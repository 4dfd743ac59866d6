/** Changes of a picture that take one of its properties away: colour, contrast, detail, arrangement. Pixels are RGB bytes. */
import type { Random } from '../tensor/random.ts';
import type { Pixels } from './resize.ts';

/** Luma of a pixel (ITU-R BT.601). */
const luma = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue;

/** Applies a linear function to every colour. Grey pictures stay as they are: they have no colour to change. */
function recolour(pixels: Pixels, change: (red: number, green: number, blue: number) => readonly number[]): Pixels {
  if (pixels.channels !== 3) return pixels;
  const data = new Uint8Array(pixels.data.length);
  for (let at = 0; at < data.length; at += 3) {
    const [red, green, blue] = change(pixels.data[at]!, pixels.data[at + 1]!, pixels.data[at + 2]!);
    data[at] = byte(red!);
    data[at + 1] = byte(green!);
    data[at + 2] = byte(blue!);
  }
  return { ...pixels, data };
}

/** Turns every hue by an angle, keeping luma (rotation about the grey axis in YIQ). @param degrees 0 changes nothing */
export function rotateHue(pixels: Pixels, degrees: number): Pixels {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return recolour(pixels, (red, green, blue) => {
    const y = luma(red, green, blue);
    const i = 0.595716 * red - 0.274453 * green - 0.321263 * blue;
    const q = 0.211456 * red - 0.522591 * green + 0.311135 * blue;
    const [turnedI, turnedQ] = [i * cos - q * sin, i * sin + q * cos];
    return [
      y + 0.9563 * turnedI + 0.621 * turnedQ,
      y - 0.2721 * turnedI - 0.6474 * turnedQ,
      y - 1.107 * turnedI + 1.7046 * turnedQ,
    ];
  });
}

/** Mixes a picture with its grey. @param share 0: as it is, 1: grey */
export function takeColour(pixels: Pixels, share: number): Pixels {
  return recolour(pixels, (red, green, blue) => {
    const grey = luma(red, green, blue);
    return [red, green, blue].map((value) => value + share * (grey - value));
  });
}

/** Pulls every value towards the picture's mean. @param factor 1: as it is, 0: flat */
export function scaleContrast(pixels: Pixels, factor: number): Pixels {
  let sum = 0;
  for (const value of pixels.data) sum += value;
  const mean = sum / pixels.data.length;
  return { ...pixels, data: Uint8Array.from(pixels.data, (value) => byte(mean + factor * (value - mean))) };
}

/** Gaussian blur; the edge is continued. @param sigmaPx 0 changes nothing */
export function blur(pixels: Pixels, sigmaPx: number): Pixels {
  if (sigmaPx <= 0) return pixels;
  const reach = Math.ceil(3 * sigmaPx);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, tap) =>
    Math.exp(-((tap - reach) ** 2) / (2 * sigmaPx * sigmaPx)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const { width, height, channels } = pixels;
  const pass = (from: ArrayLike<number>, length: number, step: number, starts: readonly number[]): Float64Array => {
    const to = new Float64Array(from.length);
    for (const start of starts) {
      for (let place = 0; place < length; place++) {
        let sum = 0;
        for (let tap = -reach; tap <= reach; tap++) {
          const near = Math.min(length - 1, Math.max(0, place + tap));
          sum += kernel[tap + reach]! * from[start + near * step]!;
        }
        to[start + place * step] = sum / total;
      }
    }
    return to;
  };
  const row = width * channels;
  const rows = Array.from(
    { length: height * channels },
    (_, line) => Math.floor(line / channels) * row + (line % channels),
  );
  const columns = Array.from({ length: row }, (_, start) => start);
  const blurred = pass(pass(pixels.data, width, channels, rows), height, row, columns);
  return { ...pixels, data: Uint8Array.from(blurred, byte) };
}

/** Cuts a picture into square tiles and deals them out anew; what does not fill a tile stays. @param tilePx 0 changes nothing */
export function shuffleTiles(pixels: Pixels, tilePx: number, random: Random): Pixels {
  if (tilePx <= 0) return pixels;
  const { width, height, channels } = pixels;
  const [across, down] = [Math.floor(width / tilePx), Math.floor(height / tilePx)];
  const order = random.shuffle(Array.from({ length: across * down }, (_, tile) => tile));
  const data = Uint8Array.from(pixels.data);
  order.forEach((from, to) => {
    for (let line = 0; line < tilePx; line++) {
      const startOf = (tile: number): number =>
        ((Math.floor(tile / across) * tilePx + line) * width + (tile % across) * tilePx) * channels;
      data.set(pixels.data.subarray(startOf(from), startOf(from) + tilePx * channels), startOf(to));
    }
  });
  return { ...pixels, data };
}

function byte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
