/** Insertion and deletion of models whose area is known in closed form. */
import { describe, expect, it } from 'vitest';
import {
  blurred,
  insertionDeletion,
  meanColour,
  pixelImportance,
  pixelOrder,
} from '../../../main/engine/metrics/insertion-deletion.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';

/** A model whose answer is linear in the pixels: p_1 = weights . pixels, p_0 = 0. */
function linearModel(weights: ArrayLike<number>): (images: Tensor<'float32'>) => Promise<Tensor<'float32'>> {
  return (images) => {
    const size = weights.length;
    const count = images.shape[0]!;
    const answers = new Float32Array(count * 2);
    for (let image = 0; image < count; image++) {
      let sum = 0;
      for (let pixel = 0; pixel < size; pixel++) sum += weights[pixel]! * images.data[image * size + pixel]!;
      answers[image * 2 + 1] = sum;
    }
    return Promise.resolve(float32(answers, [count, 2]));
  };
}

describe('deletion', () => {
  it('of a ramp under the mean model has the closed-form area 1/2 - (n + 1) / (12 n)', async () => {
    // Pixels 0, 1/(n-1), ..., 1; the answer is their mean; the strongest first turn into the mean colour 1/2:
    // p(k) = 1/2 - k (n - k) / (2 n (n - 1)), trapezoids over k = 0..n.
    const n = 28;
    const ramp = Float32Array.from({ length: n }, (_, pixel) => pixel / (n - 1));
    const { deletion } = await insertionDeletion({
      image: float32(ramp, [1, 4, 7]),
      map: ramp,
      classIndex: 1,
      probabilities: linearModel(new Float32Array(n).fill(1 / n)),
      steps: n,
    });
    expect(deletion).toBeCloseTo(0.5 - (n + 1) / (12 * n), 6);
  });

  it('changes all channels of a pixel together', async () => {
    // Two channels, two pixels; only channel 1 of pixel 0 counts. Map names pixel 0 first.
    const image = float32([1, 0, 1, 0], [2, 1, 2]);
    const { deletion } = await insertionDeletion({
      image,
      map: Float32Array.of(1, 0),
      classIndex: 1,
      probabilities: linearModel([0, 0, 1, 0]),
      steps: 2,
    });
    // p = 1, then the channel mean 0.5 from the first step on: trapezoids (1 + 0.5)/2 and 0.5.
    expect(deletion).toBeCloseTo((0.75 + 0.5) / 2, 6);
  });
});

describe('insertion', () => {
  it('adds up the evidence of the pixels in the order of the map', async () => {
    const random = createRandom(3);
    const image = float32(
      Float32Array.from({ length: 64 }, () => random.next()),
      [1, 8, 8],
    );
    const weights = Float32Array.from({ length: 64 }, () => random.next() / 64);
    const map = Float32Array.from({ length: 64 }, () => random.next());
    const start = blurred(image);
    // Written down plainly: p after k pixels, trapezoids.
    const order = Array.from(map.keys()).sort((a, b) => map[b]! - map[a]!);
    let p = weights.reduce((sum, weight, pixel) => sum + weight * start[pixel]!, 0);
    let area = 0;
    for (const pixel of order) {
      const next = p + weights[pixel]! * (image.data[pixel]! - start[pixel]!);
      area += (p + next) / 2 / 64;
      p = next;
    }
    const options = { image, map, classIndex: 1, probabilities: linearModel(weights), steps: 64 };
    expect((await insertionDeletion(options)).insertion).toBeCloseTo(area, 5);
  });

  it('is largest and deletion smallest for the map of true evidence', async () => {
    const random = createRandom(7);
    const pixels = Float32Array.from({ length: 64 }, () => random.next());
    const weights = Float32Array.from({ length: 64 }, () => random.next() / 64);
    const image = float32(pixels, [1, 8, 8]);
    const areas = (map: Float32Array): ReturnType<typeof insertionDeletion> =>
      insertionDeletion({ image, map, classIndex: 1, probabilities: linearModel(weights), steps: 16 });
    const soft = blurred(image);
    const mean = meanColour(image);
    const inserted = await areas(weights.map((weight, i) => weight * (pixels[i]! - soft[i]!)));
    const deleted = await areas(weights.map((weight, i) => weight * (pixels[i]! - mean[i]!)));
    for (let trial = 0; trial < 10; trial++) {
      const other = await areas(Float32Array.from({ length: 64 }, () => random.next()));
      expect(inserted.insertion).toBeGreaterThan(other.insertion);
      expect(deleted.deletion).toBeLessThan(other.deletion);
    }
  });
});

describe('changed images', () => {
  it('order pixels by importance, the first of equals first', () => {
    expect(Array.from(pixelOrder(Float32Array.of(1, 3, 3, 2)))).toEqual([1, 2, 3, 0]);
  });

  it('blur keeps a constant image and spreads one pixel evenly in all four directions', () => {
    expect(new Set(blurred(float32(new Float32Array(50).fill(0.5), [2, 5, 5])))).toEqual(new Set([0.5]));
    const point = new Float32Array(41 * 41);
    point[20 * 41 + 20] = 1;
    const soft = blurred(float32(point, [1, 41, 41]));
    expect(soft.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    for (const [dy, dx] of [
      [3, 0],
      [0, 3],
      [-3, 0],
      [0, -3],
    ] as const) {
      expect(soft[(20 + dy) * 41 + 20 + dx]).toBeCloseTo(soft[23 * 41 + 20]!, 6);
    }
  });

  it('bring a map to the size of the image, not to a fixed size', () => {
    const map = pixelImportance(Float32Array.of(0, 1), 1, 2, float32(new Float32Array(18), [3, 1, 6]));
    expect(map).toHaveLength(6);
    expect(map[5]).toBeGreaterThan(map[0]!);
  });
});
