/** k-means and spherical k-means with k-means++ seeding; distances run on the runner in blocks of rows. */
import { EngineError } from '../errors.ts';
import { int } from '../onnx/attributes.ts';
import { GraphBuilder } from '../onnx/build.ts';
import { add, matmul, reduceMin, reduceSum, relu, scale, square, sub } from '../onnx/emit.ts';
import type { GraphRunner, Session } from '../runner.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Random } from '../tensor/random.ts';
import { normalizeRows, rowOf } from './vectors.ts';

/** How to cluster. */
export interface KMeansOptions {
  /** True: rows and centres have unit length, so that closeness is the cosine (Dhillon and Modha 2001). */
  readonly spherical: boolean;
  /** Default 30. */
  readonly iterationLimit?: number;
  /** Called between iterations; throws to stop. */
  readonly onIteration?: (iteration: number) => void;
}

/** Result of clustering. */
export interface Clusters {
  /** [count, dimension]; unit rows when spherical. */
  readonly centres: Tensor<'float32'>;
  /** Cluster of every row. */
  readonly assignment: Int32Array;
  /** Mean squared distance of rows to their centres. */
  readonly inertia: number;
}

/** Rows handed to the runner at once: 8192 rows against 500 centres make 16 MB of distances. */
const BLOCK_ROWS = 8192;

/** Stop when an iteration lowers the inertia by less than this share. */
const CONVERGED = 1e-4;

/**
 * Lloyd's iteration from a k-means++ start (Arthur and Vassilvitskii 2007). An empty cluster takes the row that lies
 * farthest from its centre. Deterministic for a given random stream.
 * @param rows [rows, dimension]; not changed
 * @param count number of clusters, 1..rows
 * @throws EngineError 'too-few-images' when there are fewer rows than clusters
 */
export async function kMeans(
  runner: GraphRunner,
  rows: Tensor<'float32'>,
  count: number,
  random: Random,
  options: KMeansOptions,
): Promise<Clusters> {
  const [rowCount, dimension] = rows.shape as [number, number];
  if (rowCount < count) {
    throw new EngineError(
      'too-few-images',
      `${count} words cannot be formed from ${rowCount} patches; give more training images or ask for fewer words.`,
      { expected: `at least ${count} patches`, found: String(rowCount) },
    );
  }
  const points = options.spherical ? float32(rows.data.slice(), rows.shape) : rows;
  if (options.spherical) normalizeRows(points.data, dimension);

  const centres = await seed(runner, points, count, random);
  const nearest = await openNearest(runner, rowCount, dimension, count);
  try {
    let before = Number.MAX_VALUE;
    for (let iteration = 1; ; iteration++) {
      options.onIteration?.(iteration);
      const { index, distance } = await nearest.find(points, centres);
      const inertia = distance.reduce((sum, value) => sum + value, 0) / rowCount;
      // The assignment belongs to the centres it was made with, so stop before they move.
      if (iteration >= (options.iterationLimit ?? 30) || before - inertia <= CONVERGED * before) {
        return { centres, assignment: index, inertia };
      }
      before = inertia;
      moveCentres(points, centres, index, distance);
      if (options.spherical) normalizeRows(centres.data, dimension);
    }
  } finally {
    await nearest.dispose();
  }
}

/** k-means++: each next centre is drawn with probability proportional to the squared distance to those before. */
async function seed(
  runner: GraphRunner,
  points: Tensor<'float32'>,
  count: number,
  random: Random,
): Promise<Tensor<'float32'>> {
  const [rowCount, dimension] = points.shape as [number, number];
  const centres = float32(new Float32Array(count * dimension), [count, dimension]);
  const closest = new Float64Array(rowCount).fill(Infinity);
  const nearest = await openNearest(runner, rowCount, dimension, 1);
  try {
    let pick = random.integer(rowCount);
    for (let index = 0; ; index++) {
      rowOf(centres, index).set(rowOf(points, pick));
      if (index === count - 1) return centres;
      const { distance } = await nearest.find(points, float32(rowOf(centres, index), [1, dimension]));
      for (let row = 0; row < rowCount; row++) closest[row] = Math.min(closest[row]!, distance[row]!);
      pick = draw(closest, random);
    }
  } finally {
    await nearest.dispose();
  }
}

/** Index drawn with probability proportional to its weight; uniform when all weights are 0. */
function draw(weights: Float64Array, random: Random): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return random.integer(weights.length);
  let left = random.next() * total;
  let last = 0;
  for (let index = 0; index < weights.length; index++) {
    if (weights[index]! <= 0) continue;
    last = index;
    left -= weights[index]!;
    if (left < 0) break;
  }
  return last;
}

/** Moves every centre to the mean of its rows, in place. */
function moveCentres(
  points: Tensor<'float32'>,
  centres: Tensor<'float32'>,
  index: Int32Array,
  distance: Float32Array,
): void {
  const [count, dimension] = centres.shape as [number, number];
  const sums = new Float64Array(count * dimension);
  const sizes = new Int32Array(count);
  for (let row = 0; row < index.length; row++) {
    const cluster = index[row]!;
    sizes[cluster]!++;
    const start = cluster * dimension;
    const from = row * dimension;
    for (let entry = 0; entry < dimension; entry++) sums[start + entry]! += points.data[from + entry]!;
  }
  const taken = new Set<number>();
  for (let cluster = 0; cluster < count; cluster++) {
    const centre = rowOf(centres, cluster);
    if (sizes[cluster]! > 0) {
      for (let entry = 0; entry < dimension; entry++)
        centre[entry] = sums[cluster * dimension + entry]! / sizes[cluster]!;
      continue;
    }
    let farthest = -1;
    for (let row = 0; row < distance.length; row++) {
      if (!taken.has(row) && (farthest < 0 || distance[row]! > distance[farthest]!)) farthest = row;
    }
    taken.add(farthest);
    centre.set(rowOf(points, farthest));
  }
}

/** Nearest centre of every row. */
interface Nearest {
  find(points: Tensor<'float32'>, centres: Tensor<'float32'>): Promise<{ index: Int32Array; distance: Float32Array }>;
  dispose(): Promise<void>;
}

/** Opens the search for `rowCount` rows against `count` centres: |x|^2 - 2 x.c + |c|^2 by one MatMul per block. */
async function openNearest(runner: GraphRunner, rowCount: number, dimension: number, count: number): Promise<Nearest> {
  const block = Math.min(BLOCK_ROWS, rowCount);
  const b = new GraphBuilder({ name: 'nearest' });
  const points = b.input('points', 'float32', [block, dimension]);
  const centres = b.input('centres', 'float32', [dimension, count]);
  const norms = add(b, reduceSum(b, square(b, points), [1], true), reduceSum(b, square(b, centres), [0], true));
  const distance = sub(b, norms, scale(b, matmul(b, points, centres), 2));
  // Rounding may leave a tiny negative value.
  b.output(relu(b, reduceMin(b, distance, [1])), 'distance');
  b.output(b.op('ArgMin', [distance], { axis: int(1), keepdims: int(0) }), 'index');
  const session: Session = await runner.open(b.build());

  return {
    dispose: () => session.dispose(),
    async find(all, targets) {
      const index = new Int32Array(rowCount);
      const found = new Float32Array(rowCount);
      const columns = transposed(targets);
      for (let start = 0; start < rowCount; start += block) {
        // The last block reaches back over rows already done, so that its shape stays the same.
        const from = Math.min(start, rowCount - block);
        const part = all.data.subarray(from * dimension, (from + block) * dimension);
        const result = await session.run({ points: float32(part, [block, dimension]), centres: columns });
        found.set(result['distance']!.data as Float32Array, from);
        const indices = result['index']!.data as BigInt64Array;
        for (let row = 0; row < block; row++) index[from + row] = Number(indices[row]!);
      }
      return { index, distance: found };
    },
  };
}

function transposed(matrix: Tensor<'float32'>): Tensor<'float32'> {
  const [rows, columns] = matrix.shape as [number, number];
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) data[column * rows + row] = matrix.data[row * columns + column]!;
  return float32(data, [columns, rows]);
}
