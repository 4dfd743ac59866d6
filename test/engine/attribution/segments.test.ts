/** LIME, KernelSHAP and occlusion on an image whose value is linear in its segments: each must find the coefficients. */
import { describe, expect, it } from 'vitest';
import { kernelShap, lime, occlusion, segmentGame, segmentMap } from '../../../main/engine/attribution/index.ts';
import type { Segments, SetFunction, ValueOf } from '../../../main/engine/attribution/index.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32, tensor } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';

/** 8 x 8 px in four quarters; the image is 1 everywhere in two channels, the fill 0. */
const SIDE = 8;
const COEFFICIENTS = [3, -2, 0, 0.5];
const labels = Int32Array.from({ length: SIDE * SIDE }, (_, pixel) => {
  const [x, y] = [pixel % SIDE, Math.floor(pixel / SIDE)];
  return (y >= SIDE / 2 ? 2 : 0) + (x >= SIDE / 2 ? 1 : 0);
});
const quarters: Segments = { width: SIDE, height: SIDE, labels, count: 4 };
const image = float32(new Float32Array(2 * SIDE * SIDE).fill(1), [2, SIDE, SIDE]);
const fill = new Float32Array(image.data.length);

/** 7 + sum over quarters of coefficient x mean of the quarter: linear in what is there. */
const linear: ValueOf = ({ data, shape }) =>
  Promise.resolve(
    Float64Array.from({ length: shape[0]! }, (_, place) => {
      const own = data.subarray(place * image.data.length, (place + 1) * image.data.length);
      return own.reduce((sum, value, index) => sum + (value * COEFFICIENTS[labels[index % labels.length]!]!) / 32, 7);
    }),
  );

const value = segmentGame({ image, segments: quarters, fill, valueOf: linear });

describe('LIME', () => {
  it('finds the coefficients of a linear value, with a perfect fit', async () => {
    const found = await lime({ playerCount: 4, value, sampleCount: 60, random: createRandom(1), ridge: 1e-9 });
    COEFFICIENTS.forEach((expected, player) => expect(found.coefficients[player]).toBeCloseTo(expected, 6));
    expect(found.intercept).toBeCloseTo(7, 6);
    expect(found.fit).toBeCloseTo(1, 9);
  });

  it('shrinks one coefficient by the ridge as the closed form says', async () => {
    // One player, equal numbers of sets with and without it: slope = S_zy / (S_zz + ridge), S weighted and centred.
    const sets: Uint8Array[] = [];
    const one: SetFunction = (asked) => {
      sets.push(...asked);
      return Promise.resolve(Float64Array.from(asked, (set) => 2 * set[0]!));
    };
    const { coefficients } = await lime({ playerCount: 1, value: one, sampleCount: 40, random: createRandom(4) });
    const weights = sets.map((set) => (set[0] === 1 ? 1 : Math.exp(-1 / 0.25 ** 2 / 2)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const share = sets.reduce((sum, set, index) => sum + (set[0]! * weights[index]!) / total, 0);
    const scatter = total * share * (1 - share);
    expect(coefficients[0]).toBeCloseTo((2 * scatter) / (scatter + 1), 10);
  });

  it('says how little a linear model fits a value that is none', async () => {
    // Parity of six players: no player adds anything by itself.
    const parity: SetFunction = (sets) =>
      Promise.resolve(Float64Array.from(sets, (set) => set.reduce((sum, one) => sum ^ one, 0)));
    const { fit } = await lime({ playerCount: 6, value: parity, sampleCount: 400, random: createRandom(2) });
    expect(fit).toBeLessThan(0.3);
  });

  it('reports no fit, and nothing for anybody, when the value does not vary', async () => {
    const flat: SetFunction = (sets) => Promise.resolve(new Float64Array(sets.length).fill(5));
    const { fit, coefficients } = await lime({ playerCount: 3, value: flat, sampleCount: 9, random: createRandom(1) });
    expect(fit).toBeNull();
    expect([...coefficients]).toEqual([0, 0, 0]);
  });

  it.each([0, 5, NaN])('refuses %d samples for four segments', async (sampleCount) => {
    const refused = lime({ playerCount: 4, value, sampleCount, random: createRandom(1) });
    await expect(refused).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('at least 6 samples') as string,
    });
  });
});

it('KernelSHAP finds the same coefficients as LIME', async () => {
  const { values, empty, full } = await kernelShap({
    playerCount: 4,
    value,
    sampleCount: 14,
    random: createRandom(1),
  });
  COEFFICIENTS.forEach((expected, player) => expect(values[player]).toBeCloseTo(expected, 5));
  expect(empty).toBeCloseTo(7, 5);
  expect(full).toBeCloseTo(8.5, 5);
});

describe('occlusion', () => {
  it('finds the coefficients when the patches are the segments', async () => {
    const found = await occlusion({ image, fill, valueOf: linear, patchPx: 4, stridePx: 4 });
    expect([found.rows, found.columns, found.evaluationCount]).toEqual([2, 2, 5]);
    COEFFICIENTS.forEach((expected, place) => expect(found.drops[place]).toBeCloseTo(expected, 5));
    const expected = segmentMap(quarters, COEFFICIENTS);
    found.map.forEach((drop, pixel) => expect(drop).toBeCloseTo(expected[pixel]!, 5));
  });

  it('gives a pixel the mean over the patches that cover it', async () => {
    // Only the pixel at row 0, column 2 counts. Patches of 2 at columns 0, 1, 2, ...: those at 1 and 2 cover it.
    const one: ValueOf = ({ data, shape }) =>
      Promise.resolve(Float64Array.from({ length: shape[0]! }, (_, place) => data[place * image.data.length + 2]!));
    const { map } = await occlusion({ image, fill, valueOf: one, patchPx: 2, stridePx: 1 });
    expect([...map.subarray(0, 6)]).toEqual([0, 0.5, 1, 0.5, 0, 0]);
  });

  it('covers the edge when the stride does not end there', async () => {
    const { map, columns } = await occlusion({ image, fill, valueOf: linear, patchPx: 3, stridePx: 3 });
    expect(columns).toBe(3);
    expect(map.every(Number.isFinite)).toBe(true);
  });

  it.each([{ patchPx: 0 }, { patchPx: 9 }, { patchPx: 2.5 }, { patchPx: 4, stridePx: 5 }, { patchPx: 4, stridePx: 0 }])(
    'refuses %o on 8 x 8 px',
    async (sizes) => {
      await expect(occlusion({ image, fill, valueOf: linear, ...sizes })).rejects.toMatchObject({
        code: 'configuration',
      });
    },
  );
});

it('asks for many images in few calls, and shows the fill exactly where a segment is missing', async () => {
  const calls: Tensor<'float32'>[] = [];
  const seen: ValueOf = (images) => {
    calls.push(tensor('float32', images.shape, images.data.slice()));
    return Promise.resolve(new Float64Array(images.shape[0]!));
  };
  const sets = Array.from({ length: 20 }, (_, index) => Uint8Array.from([index & 1, (index >> 1) & 1, 1, 0]));
  await segmentGame({ image, segments: quarters, fill: fill.map(() => -1), valueOf: seen })(sets);
  expect(calls.map(({ shape }) => shape[0])).toEqual([16, 4]);
  const first = calls[0]!.data.subarray(0, SIDE * SIDE);
  expect([first[0], first[SIDE - 1], first[SIDE * 4], first[SIDE * SIDE - 1]]).toEqual([-1, -1, 1, -1]);
});
