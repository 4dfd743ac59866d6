/** Agreement of maps, linear SHAP, and the value of a class: small cases by hand. */
import { describe, expect, it } from 'vitest';
import {
  agreementOf,
  averageCells,
  CHANCE_HALF_IOU,
  classValue,
  linearShap,
  spearman,
  spreadOverMaps,
} from '../../../main/engine/attribution/index.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';

describe('rank correlation', () => {
  it('is that of a worked example without ties', () => {
    // IQ and hours of television (Wikipedia, "Spearman's rank correlation coefficient"): rho = -29/165.
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
    expect(spearman(iq, hours)).toBeCloseTo(-29 / 165, 12);
  });

  it('gives equal values the mean of their ranks', () => {
    // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: covariance 4.5, variances 4.5 and 5.
    expect(spearman([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });

  it('is none for a side that does not vary', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
  });
});

describe('agreement of maps', () => {
  const random = createRandom(3);
  const side = 56;
  const map = () => Float32Array.from({ length: side * side }, () => random.normal());
  const one = map();

  it('is perfect for a map and itself at another scale, and inverse for its negative', () => {
    const { rankCorrelation, halfIou } = agreementOf([one, one.map((v) => 2 * v + 1), one.map((v) => -v)], side, side);
    expect(rankCorrelation[0]![1]).toBeCloseTo(1, 9);
    expect(halfIou[0]![1]).toBe(1);
    expect(rankCorrelation[0]![2]).toBeCloseTo(-1, 9);
    expect(halfIou[0]![2]).toBe(0);
  });

  it('is at chance for maps that know nothing of each other', () => {
    const maps = Array.from({ length: 12 }, map);
    const { rankCorrelation, halfIou } = agreementOf(maps, side, side);
    const mean = (table: readonly (readonly (number | null)[])[]) => {
      const pairs = table.flatMap((row, index) => row.slice(index + 1).map((value) => value!));
      return pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
    };
    expect(Math.abs(mean(rankCorrelation))).toBeLessThan(0.02);
    expect(Math.abs(mean(halfIou) - CHANCE_HALF_IOU)).toBeLessThan(0.01);
  });

  it('is none for a flat map', () => {
    const { rankCorrelation, halfIou } = agreementOf([one, new Float32Array(side * side)], side, side);
    expect([rankCorrelation[0]![1], halfIou[1]![0], rankCorrelation[1]![1]]).toEqual([null, null, null]);
    expect(rankCorrelation[0]![0]).toBeCloseTo(1, 12);
  });

  it('averages over cells, in shares where a cell ends inside a pixel', () => {
    // Three pixels in two cells: (1 + 2 / 2) / 1.5 and (2 / 2 + 6) / 1.5.
    const cells = averageCells(Float32Array.of(1, 2, 6), 1, 3, 1, 2);
    expect(cells[0]).toBeCloseTo(2 / 1.5, 6);
    expect(cells[1]).toBeCloseTo(7 / 1.5, 6);
    const mean = averageCells(one, side, side, 1, 1)[0]!;
    expect(mean).toBeCloseTo(one.reduce((sum, value) => sum + value, 0) / one.length, 5);
  });
});

describe('linear SHAP', () => {
  it('shares the distance to the mean logit', () => {
    const values = linearShap({ weights: [2, -1, 0], scores: [3, 1, 9], meanScores: [1, 2, 4] });
    expect([...values]).toEqual([4, 1, 0]);
  });

  it('is spread over the places of its words, and keeps its sum', () => {
    // Word 0 gets 4 where it is found, the rest of map 1 in equal parts: it is flat.
    const map = spreadOverMaps([4, 2], Float32Array.of(-1, 0, 1, -1, 5, 5, 5, 5), 4);
    expect([...map]).toEqual([0.5, 4 / 3 + 0.5, 8 / 3 + 0.5, 0.5].map(Math.fround));
  });
});

describe('the value of a class', () => {
  const images = float32(new Float32Array(2), [2, 1, 1, 1]);

  it('is its logit', async () => {
    const logits = () => Promise.resolve(float32(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]));
    expect([...(await classValue(logits, 1)(images))]).toEqual([2, 5]);
  });

  it('is the single logit for class 1 and its negative for class 0', async () => {
    const logits = () => Promise.resolve(float32(Float32Array.of(3, -4), [2, 1]));
    expect([...(await classValue(logits, 1)(images))]).toEqual([3, -4]);
    expect([...(await classValue(logits, 0)(images))]).toEqual([-3, 4]);
  });
});
