/** Overlap of maps against the plain definition. */
import { describe, expect, it } from 'vitest';
import {
  AttentionMeter,
  AttentionSeries,
  contributionMap,
  maximumMap,
  nominalChance,
  strongestWords,
} from '../../../main/engine/metrics/alignment.ts';
import { PERCENTILES } from '../../../main/engine/metrics/evaluation.ts';
import { quantileOfSorted } from '../../../main/engine/metrics/interval.ts';
import {
  createTopPartBits,
  createTopPartScratch,
  topPartIou,
  topParts,
} from '../../../main/engine/metrics/top-part.ts';
import type { TopParts } from '../../../main/engine/metrics/top-part.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';

const SIDE = 224;
const PIXELS = SIDE * SIDE;

function partsOf(map: Float32Array): TopParts {
  const bits = createTopPartBits(map.length, PERCENTILES.length);
  return topParts(map, PERCENTILES, bits, createTopPartScratch(map.length));
}

function iouOf(a: Float32Array, b: Float32Array): number[] {
  return topPartIou(partsOf(a), partsOf(b));
}

/** The published definition written down plainly: NumPy percentile, strict >, intersection over union. */
function plainIou(a: Float32Array, b: Float32Array, percentile: number): number {
  const [topA, topB] = [a, b].map((map) => {
    const threshold = quantileOfSorted(Float64Array.from(map).sort(), percentile / 100);
    return Array.from(map, (value) => value > threshold);
  }) as [boolean[], boolean[]];
  const both = topA.filter((inside, pixel) => inside && topB[pixel]).length;
  const either = topA.filter((inside, pixel) => inside || topB[pixel]).length;
  return both / either;
}

describe('top part of a map', () => {
  it('equals the plain definition on random maps, with and without ties', () => {
    const random = createRandom(2);
    const draw = (levels: number): Float32Array =>
      Float32Array.from({ length: 4000 }, () => (levels === 0 ? random.normal() : random.integer(levels) / levels));
    for (const levels of [0, 3, 50]) {
      const a = draw(levels);
      const b = draw(0);
      PERCENTILES.forEach((percentile, index) => {
        expect(iouOf(a, b)[index]).toBeCloseTo(plainIou(a, b, percentile), 12);
      });
    }
  });

  it('is the positive part of a mostly empty map at 50, where half of the pixels tie at zero', () => {
    const map = Float32Array.from({ length: 1000 }, (_, pixel) => Math.max(0, pixel - 700));
    expect(partsOf(map).areas[0]).toBe(299);
  });

  it('does not change when the map is scaled or shifted', () => {
    const random = createRandom(4);
    const map = Float32Array.from({ length: 2000 }, () => random.integer(1000));
    expect(partsOf(map.map((value) => value * 4 - 64))).toEqual(partsOf(map));
  });

  it('does not exist for a constant map', () => {
    expect(partsOf(new Float32Array(9).fill(2)).isFlat).toBe(true);
  });
});

describe('overlap of two top parts', () => {
  const across = Float32Array.from({ length: PIXELS }, (_, pixel) => pixel % SIDE);
  const down = Float32Array.from({ length: PIXELS }, (_, pixel) => Math.floor(pixel / SIDE));

  it('is 1 for a map with itself and 0 for a map with its negative', () => {
    expect(iouOf(across, across)).toEqual([1, 1, 1]);
    expect(
      iouOf(
        across,
        across.map((value) => -value),
      ),
    ).toEqual([0, 0, 0]);
  });

  it('of crossing half, quarter and tenth planes is the closed form', () => {
    // Strictly above the percentile: 112, 56 and 22 of 224 columns (ties fall below).
    const expected = [112, 56, 22].map((columns) => columns ** 2 / (2 * columns * SIDE - columns ** 2));
    iouOf(across, down).forEach((iou, index) => expect(iou).toBeCloseTo(expected[index]!, 12));
  });

  it('of independent maps is the chance line, not the 0.82 of the below-percentile formula', () => {
    const random = createRandom(9);
    const noise = (): Float32Array => Float32Array.from({ length: PIXELS }, () => random.next());
    const iou = iouOf(noise(), noise());
    PERCENTILES.forEach((percentile, index) => {
      expect(Math.abs(iou[index]! - nominalChance(percentile))).toBeLessThan(0.01);
    });
    expect(iou[2]).toBeLessThan(0.07);
  });

  it('has the chance line q / (2 - q): 0.333, 0.143, 0.053', () => {
    expect(PERCENTILES.map((p) => nominalChance(p).toFixed(3))).toEqual(['0.333', '0.143', '0.053']);
  });

  it('of independent 7x7 maps averages to chance after upsampling', () => {
    const random = createRandom(6);
    const meter = new AttentionMeter(7, 7);
    const small = (): Float32Array => Float32Array.from({ length: 49 }, () => random.next());
    const images = 60;
    const sums = [0, 0, 0];
    for (let image = 0; image < images; image++) {
      const word = meter.ofPixels(meter.upsample(small()));
      topPartIou(word, meter.ofAttention(small())).forEach((iou, i) => (sums[i]! += iou / images));
    }
    // reference.md measures 0.340, 0.148, 0.056 for a random 7x7 map against Grad-CAM.
    [0.34, 0.148, 0.056].forEach((value, index) => expect(Math.abs(sums[index]! - value)).toBeLessThan(0.03));
  });
});

describe('word map', () => {
  const maps = Float32Array.from([1, 0, 0, 5, 9, 9]); // [3 words, 2 positions]

  it('is the maximum over the most activated words only', () => {
    const strongest = strongestWords([3, 2, 1], 2);
    expect(strongest).toEqual([0, 1]);
    expect(Array.from(maximumMap(maps, strongest, 2))).toEqual([1, 5]);
  });

  it('prefers the first of equal words', () => {
    expect(strongestWords([1, 2, 2, 2], 2)).toEqual([1, 2]);
  });

  it('weighted by contribution adds positive weights and leaves negative ones out', () => {
    expect(Array.from(contributionMap(maps, [2, 1, -4], 2))).toEqual([2, 5]);
  });
});

describe('series of images', () => {
  const meter = new AttentionMeter(2, 2, 8);
  const left = meter.ofAttention(Float32Array.from([1, 0, 1, 0]));
  const right = meter.ofAttention(Float32Array.from([0, 1, 0, 1]));
  const flat = meter.ofAttention(new Float32Array(4));

  it('has margin 1 when every map finds its own image and never the other', () => {
    const series = new AttentionSeries(2);
    series.add(0, left, left, right);
    series.add(1, right, right, left);
    const result = series.result(createRandom(1));
    expect(result.attentionFidelity['50']).toMatchObject({ value: 1, n: 2, chance: 1 / 3 });
    expect(result.shuffled['50']).toMatchObject({ value: 0, n: 2 });
    expect(result.margin['50']).toMatchObject({ value: 1, low: 1, high: 1, n: 2 });
  });

  it('leaves images out whose Grad-CAM is flat instead of counting them as zero', () => {
    const series = new AttentionSeries(2);
    series.add(0, left, left, flat);
    series.add(1, left, flat, left);
    const result = series.result(createRandom(1));
    expect(result.attentionFidelity['75']).toMatchObject({ value: 1, n: 1 });
    expect(result.shuffled['75']).toMatchObject({ value: null });
  });
});
