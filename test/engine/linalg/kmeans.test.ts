/** k-means against groups that are known. */
import { describe, expect, it } from 'vitest';
import { kMeans } from '../../../main/engine/linalg/kmeans.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });

/** 40 points around each of four corners, in turn. */
function corners(scale: number): { rows: ReturnType<typeof float32>; truth: number[][] } {
  const truth = [
    [10, 10],
    [-10, 10],
    [-10, -10],
    [10, -10],
  ];
  const random = createRandom(1);
  const data = new Float32Array(160 * 2);
  for (let row = 0; row < 160; row++) {
    for (const axis of [0, 1]) data[row * 2 + axis] = truth[row % 4]![axis]! + scale * random.normal();
  }
  return { rows: float32(data, [160, 2]), truth };
}

describe('kMeans', () => {
  it.each([1, 2, 3, 4, 5])('finds four separated clusters (seed %i)', async (seed) => {
    const { rows, truth } = corners(0.5);
    const { centres, assignment, inertia } = await kMeans(runner, rows, 4, createRandom(seed), { spherical: false });
    for (let row = 0; row < 160; row++) {
      const cluster = assignment[row]!;
      expect(centres.data[cluster * 2]).toBeCloseTo(truth[row % 4]![0]!, 0);
      expect(centres.data[cluster * 2 + 1]).toBeCloseTo(truth[row % 4]![1]!, 0);
    }
    expect(inertia).toBeGreaterThan(0.4);
    expect(inertia).toBeLessThan(0.6); // 2 axes x variance 0.25
  });

  it('spherical: groups by direction, whatever the length, with unit centres', async () => {
    const random = createRandom(2);
    const data = new Float32Array(90 * 3);
    for (let row = 0; row < 90; row++) {
      const length = 0.1 + 50 * random.next();
      for (let axis = 0; axis < 3; axis++)
        data[row * 3 + axis] = length * ((row % 3 === axis ? 1 : 0) + 0.02 * random.normal());
    }
    const before = data.slice();
    const { centres, assignment } = await kMeans(runner, float32(data, [90, 3]), 3, createRandom(3), {
      spherical: true,
    });
    expect(data).toEqual(before);
    expect(new Set([assignment[0], assignment[1], assignment[2]]).size).toBe(3);
    for (let row = 3; row < 90; row++) expect(assignment[row]).toBe(assignment[row % 3]);
    for (let cluster = 0; cluster < 3; cluster++) {
      expect(Math.hypot(...centres.data.slice(cluster * 3, cluster * 3 + 3))).toBeCloseTo(1, 5);
    }
  });

  it('keeps every cluster in use when points repeat', async () => {
    const rows = float32([0, 0, 0, 0, 0, 0, 5, 9], [8, 1]);
    const { centres } = await kMeans(runner, rows, 3, createRandom(4), { spherical: false });
    expect([...centres.data].sort((a, b) => a - b)).toEqual([0, 5, 9]);
  });

  it('repeats itself for one seed', async () => {
    const { rows } = corners(8);
    const once = await kMeans(runner, rows, 7, createRandom(9), { spherical: false });
    const again = await kMeans(runner, rows, 7, createRandom(9), { spherical: false });
    expect(again.centres.data).toEqual(once.centres.data);
  });

  it('refuses more words than patches by name', async () => {
    await expect(
      kMeans(runner, float32([1, 2], [2, 1]), 3, createRandom(0), { spherical: false }),
    ).rejects.toMatchObject({
      code: 'too-few-images',
    });
  });
});
