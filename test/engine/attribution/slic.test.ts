/** Superpixels: connected, about as many as wanted, along the edges of what is drawn. */
import { describe, expect, it } from 'vitest';
import { labOf } from '../../../main/engine/attribution/lab.ts';
import { slic } from '../../../main/engine/attribution/index.ts';
import type { Segments } from '../../../main/engine/attribution/index.ts';
import type { Pixels } from '../../../main/engine/image/resize.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';

function draw(width: number, height: number, colourAt: (x: number, y: number) => readonly number[]): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colourAt(x, y), (y * width + x) * 3);
  return { width, height, channels: 3, data };
}

/** A red disc and a blue bar on grey, under noise. */
const isInDisc = (x: number, y: number) => (x - 35) ** 2 + (y - 40) ** 2 < 22 ** 2;
const isInBar = (x: number, y: number) => x > 70 && x < 82 && y > 10;
const random = createRandom(7);
const scene = draw(96, 80, (x, y) =>
  (isInDisc(x, y) ? [190, 60, 50] : isInBar(x, y) ? [50, 70, 190] : [120, 125, 120]).map(
    (level) => level + random.integer(15),
  ),
);

/** Number of connected parts (4 neighbours) of equal label, by flood fill. */
function partCount({ labels, width }: Segments): number {
  const seen = new Uint8Array(labels.length);
  let parts = 0;
  labels.forEach((label, start) => {
    if (seen[start]) return;
    parts++;
    const stack = [start];
    while (stack.length > 0) {
      const pixel = stack.pop()!;
      if (pixel < 0 || pixel >= labels.length || seen[pixel] || labels[pixel] !== label) continue;
      seen[pixel] = 1;
      if (pixel % width > 0) stack.push(pixel - 1);
      if (pixel % width < width - 1) stack.push(pixel + 1);
      stack.push(pixel - width, pixel + width);
    }
  });
  return parts;
}

describe.each([20, 50, 120])('%d superpixels of a drawn scene', (count) => {
  const segments = slic(scene, { count });

  it('are connected and numbered without holes', () => {
    expect(new Set(segments.labels).size).toBe(segments.count);
    expect(Math.min(...segments.labels)).toBe(0);
    expect(Math.max(...segments.labels)).toBe(segments.count - 1);
    expect(partCount(segments)).toBe(segments.count);
  });

  it('are about as many as wanted', () => {
    expect(segments.count).toBeGreaterThan(0.6 * count);
    expect(segments.count).toBeLessThan(1.4 * count);
  });

  it('follow what is drawn', () => {
    // Boundary recall (Achanta et al. 2012, section 4.1): share of true edges with a segment edge within 2 px.
    const { labels, width, height } = segments;
    const isEdge = (at: (x: number, y: number) => unknown, x: number, y: number) =>
      at(x, y) !== at(x + 1, y) || at(x, y) !== at(x, y + 1);
    const truth = (x: number, y: number) => (isInDisc(x, y) ? 1 : isInBar(x, y) ? 2 : 0);
    const label = (x: number, y: number) => labels[y * width + x];
    let [edges, found] = [0, 0];
    for (let y = 2; y < height - 3; y++) {
      for (let x = 2; x < width - 3; x++) {
        if (!isEdge(truth, x, y)) continue;
        edges++;
        const near = Array.from({ length: 25 }, (_, place) => [x + (place % 5) - 2, y + Math.floor(place / 5) - 2]);
        if (near.some(([nearX, nearY]) => isEdge(label, nearX!, nearY!))) found++;
      }
    }
    expect(found / edges).toBeGreaterThan(0.95);
    // And no segment reaches far over an edge: undersegmentation by pixels.
    const parts = new Map<number, number[]>();
    labels.forEach((one, pixel) => {
      const counts = parts.get(one) ?? [0, 0, 0];
      counts[truth(pixel % width, Math.floor(pixel / width))]!++;
      parts.set(one, counts);
    });
    const misplaced = [...parts.values()].reduce(
      (sum, counts) => sum + counts.reduce((a, b) => a + b) - Math.max(...counts),
      0,
    );
    expect(misplaced / labels.length).toBeLessThan(0.03);
  });
});

describe('hostile pictures', () => {
  it('of one colour become squares', () => {
    const segments = slic(
      draw(64, 64, () => [9, 9, 9]),
      { count: 16 },
    );
    expect(segments.count).toBe(16);
    const areas = new Map<number, number>();
    segments.labels.forEach((label) => areas.set(label, (areas.get(label) ?? 0) + 1));
    for (const area of areas.values()) expect(Math.abs(area - 256)).toBeLessThan(100);
  });

  it('as one segment are whole', () => {
    const { count, labels } = slic(scene, { count: 1 });
    expect(count).toBe(1);
    expect(labels.every((label) => label === 0)).toBe(true);
  });

  it.each([
    [1, 1],
    [1, 40],
    [40, 1],
    [3, 200],
  ])('of %d x %d px are covered', (width, height) => {
    const segments = slic({ width, height, channels: 1, data: new Uint8Array(width * height).fill(4) }, { count: 1 });
    expect(segments.labels.every((label) => label >= 0 && label < segments.count)).toBe(true);
  });

  it.each([0, -1, 1.5, NaN, 64 * 64 + 1])('are not divided into %d segments', (count) => {
    expect(() =>
      slic(
        draw(64, 64, () => [0, 0, 0]),
        { count },
      ),
    ).toThrow('divides into 1 to 4096 segments');
  });
});

it('measures colour in CIELAB', () => {
  // Lindbloom's calculator, sRGB under D65.
  const known: [number[], number[]][] = [
    [
      [255, 255, 255],
      [100, 0, 0],
    ],
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
    [
      [255, 0, 0],
      [53.24, 80.09, 67.2],
    ],
    [
      [0, 0, 255],
      [32.3, 79.19, -107.86],
    ],
  ];
  for (const [colour, expected] of known) {
    const lab = labOf({ width: 1, height: 1, channels: 3, data: Uint8Array.from(colour) });
    expected.forEach((value, part) => expect(lab[part]).toBeCloseTo(value, 1));
  }
  const grey = labOf({ width: 1, height: 1, channels: 1, data: Uint8Array.of(119) });
  expect(grey[0]).toBeCloseTo(50.03, 1);
  expect([grey[1], grey[2]].every((part) => Math.abs(part!) < 0.01)).toBe(true);
});
