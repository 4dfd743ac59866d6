/** The demo's images: the same for a seed, with masks that say exactly what was drawn. */
import { describe, expect, it } from 'vitest';
import { PART_NAMES, STICKER_MASK_VALUE } from '../../../main/engine/demo/parts.ts';
import { DEMO_CLASS_NAMES, drawSample, planSamples, SHORTCUT_CLASS } from '../../../main/engine/demo/samples.ts';
import { DEMO_CLASSES, drawScene, SCENE_SIZE_PX } from '../../../main/engine/demo/scene.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';

describe('drawScene', () => {
  it('draws the same image for the same seed and another for another', () => {
    const draw = (seed: number) => drawScene('fish', true, createRandom(seed));
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5).pixels).not.toEqual(draw(6).pixels);
  });

  it.each(DEMO_CLASS_NAMES)('masks exactly the parts of a %s, and the sticker only when asked', (name) => {
    const parts: number[] = DEMO_CLASSES[name].map((part) => PART_NAMES.indexOf(part) + 1);
    for (let seed = 0; seed < 3; seed++) {
      for (const hasSticker of [false, true]) {
        const { mask } = drawScene(name, hasSticker, createRandom(seed));
        const expected = hasSticker ? [...parts, STICKER_MASK_VALUE] : parts;
        const found = new Set([...mask].filter((value) => value > 0));
        expect([...found].sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
      }
    }
  });

  it('paints pink where the mask says sticker, and nowhere without one', () => {
    const isPink = (pixels: Uint8Array, pixel: number): boolean => {
      const [red, green, blue] = pixels.subarray(pixel * 3, pixel * 3 + 3);
      return red! > 210 && green! < 110 && blue! > 110 && blue! < 200;
    };
    const count = (hasSticker: boolean) => {
      const { pixels, mask } = drawScene('robot', hasSticker, createRandom(3));
      let inside = 0;
      let outside = 0;
      for (let pixel = 0; pixel < SCENE_SIZE_PX ** 2; pixel++) {
        if (!isPink(pixels, pixel)) continue;
        if (mask[pixel] === STICKER_MASK_VALUE) inside++;
        else outside++;
      }
      return { inside, outside };
    };
    const tagged = count(true);
    // A square of 19 px a side at least, of which the white corner takes less than half.
    expect(tagged.inside).toBeGreaterThan(150);
    // The antialiased rim.
    expect(tagged.outside).toBeLessThan(tagged.inside / 5);
    expect(count(false)).toEqual({ inside: 0, outside: 0 });
  });
});

describe('planSamples', () => {
  const samples = planSamples({ train: 80, val: 20, test: 20 });

  it('plants the sticker on 90 % of the shortcut class in every split and nowhere else', () => {
    for (const split of ['train', 'val', 'test'] as const) {
      const kites = samples.filter((sample) => sample.split === split && sample.className === SHORTCUT_CLASS);
      expect(kites.filter(({ hasSticker }) => hasSticker).length).toBe(0.9 * kites.length);
    }
    expect(samples.some(({ className, hasSticker }) => hasSticker && className !== SHORTCUT_CLASS)).toBe(false);
  });

  it('shows another class only under a sticker', () => {
    const misfiled = samples.filter(({ className, shown }) => className !== shown);
    expect(misfiled.length).toBe(0.4 * 120);
    expect(misfiled.every(({ hasSticker }) => hasSticker)).toBe(true);
  });

  it('draws a sample the same whatever was drawn before', () => {
    const first = drawSample(samples[7]!, createRandom(1));
    const random = createRandom(1);
    drawSample(samples[3]!, random);
    expect(drawSample(samples[7]!, random)).toEqual(first);
    expect(drawSample(samples[8]!, random).pixels).not.toEqual(first.pixels);
  });
});
