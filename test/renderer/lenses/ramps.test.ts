/** The ramps against the values matplotlib publishes, and against what a ramp must be. */
import { expect, test } from 'vitest';
import { rampColour, RAMPS } from '../../../renderer/lenses/ramps.ts';
import type { RampName } from '../../../renderer/lenses/ramps.ts';

/** matplotlib.colormaps[name](k, bytes=True) at entries that are no anchors, 3.11. */
const PUBLISHED: Readonly<Record<RampName, Readonly<Record<number, readonly [number, number, number]>>>> = {
  inferno: { 7: [3, 2, 16], 128: [188, 55, 84], 233: [244, 221, 79] },
  viridis: { 7: [70, 11, 94], 128: [33, 145, 140], 233: [197, 224, 33] },
  cividis: { 7: [0, 40, 89], 128: [125, 124, 120], 233: [232, 210, 79] },
};
const names = Object.keys(RAMPS) as RampName[];

test.each(names)('%s has the published colours within 4 of 255', (name) => {
  for (const [entry, colour] of Object.entries(PUBLISHED[name])) {
    const at = 3 * Number(entry);
    const ours = [...RAMPS[name].slice(at, at + 3)];
    ours.forEach((value, channel) =>
      expect(Math.abs(value - colour[channel]!), `entry ${entry}`).toBeLessThanOrEqual(4),
    );
  }
});

test.each(names)('%s only gets lighter, so that it reads in grey as well', (name) => {
  const table = RAMPS[name];
  expect(table).toHaveLength(768);
  const lightness = Array.from({ length: 256 }, (_, entry) => lightnessOf(table.slice(3 * entry, 3 * entry + 3)));
  for (let entry = 5; entry < 256; entry += 5) expect(lightness[entry]!).toBeGreaterThan(lightness[entry - 5]!);
});

test('a legend gets the ends of the ramp and nothing beyond them', () => {
  expect(rampColour('viridis', 0)).toBe('rgb(68 1 84)');
  expect(rampColour('viridis', 1)).toBe('rgb(253 231 37)');
  expect(rampColour('viridis', 7)).toBe(rampColour('viridis', 1));
});

/** CIE L* of an sRGB colour (IEC 61966-2-1, CIE 15). */
function lightnessOf(colour: Uint8Array): number {
  const [red, green, blue] = [...colour].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}
