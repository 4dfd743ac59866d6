/** Gradients of seeded random graphs, in which values are used many times, against numeric derivatives. */
import { expect, it } from 'vitest';
import { int, ints } from '../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import {
  add,
  concat,
  div,
  matmul,
  mul,
  reduceMean,
  reduceMax,
  reduceSum,
  reshape,
  shift,
  slice,
  square,
  sub,
  transpose,
  where,
} from '../../../main/engine/onnx/emit.ts';
import type { Random } from '../../../main/engine/tensor/random.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { broadcastShapes, sizeOf } from '../../../main/engine/tensor/shape.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import { checkGradient } from '../../support/numeric-gradient.ts';

const GRAPHS = 60;
const STEPS = 14;

/** One random step from values made so far; undefined when it does not fit their shapes. */
type Step = (b: GraphBuilder, x: string, y: string, random: Random) => string | undefined;

function joined(op: (b: GraphBuilder, x: string, y: string) => string): Step {
  return (b, x, y) => (broadcastShapes(b.shapeOf(x), b.shapeOf(y)) ? op(b, x, y) : undefined);
}

/** Everything keeps values small and away from kinks, so that numeric derivatives stay clean. */
const STEPS_BY_NAME: Record<string, Step> = {
  tanh: (b, x) => b.op('Tanh', [x]),
  sigmoid: (b, x) => b.op('Sigmoid', [x]),
  softmax: (b, x) => (b.shapeOf(x).length > 0 ? b.op('Softmax', [x], { axis: int(-1) }) : undefined),
  add: joined(add),
  sub: joined(sub),
  mul: joined(mul),
  square: (b, x) => square(b, x),
  ratio: joined((b, x, y) => div(b, x, shift(b, square(b, y), 1))),
  choose: joined((b, x, y) => where(b, b.op('Greater', [x, y]), mul(b, x, y), y)),
  transpose: (b, x) => transpose(b, x, [...b.shapeOf(x).keys()].reverse()),
  flatten: (b, x) => reshape(b, x, [sizeOf(b.shapeOf(x))]),
  mean: (b, x, _, random) => reduced(b, x, random, reduceMean),
  sum: (b, x, _, random) => reduced(b, x, random, reduceSum),
  max: (b, x, _, random) => reduced(b, x, random, reduceMax),
  product: (b, x, y) => {
    const [left, right] = [b.shapeOf(x), b.shapeOf(y)];
    if (left.length !== 2 || right.length !== 2) return undefined;
    return left[1] === right[0] ? matmul(b, x, y) : undefined;
  },
  concat: (b, x, y) => {
    const [left, right] = [b.shapeOf(x), b.shapeOf(y)];
    const fits =
      left.length > 0 && left.length === right.length && left.slice(1).every((size, at) => size === right[at + 1]);
    return fits ? concat(b, [x, y, x], 0) : undefined;
  },
  slice: (b, x) =>
    b.shapeOf(x)[0] !== undefined && b.shapeOf(x)[0]! > 2 ? slice(b, x, [1], [99], [0], [2]) : undefined,
  split: (b, x) => {
    const size = b.shapeOf(x)[0] ?? 0;
    return size % 2 === 0 && size > 0 ? b.ops('Split', [x], { axis: int(0), num_outputs: int(2) }, 2)[1] : undefined;
  },
  unsqueeze: (b, x) => (b.shapeOf(x).length < 3 ? reshape(b, x, [1, ...b.shapeOf(x)]) : undefined),
  layout: (b, x) => (b.shapeOf(x).length === 2 ? b.op('Transpose', [x], { perm: ints([1, 0]) }) : undefined),
};

function reduced(b: GraphBuilder, x: string, random: Random, op: typeof reduceSum): string | undefined {
  const rank = b.shapeOf(x).length;
  return rank === 0 ? undefined : op(b, x, [random.integer(rank)], random.next() < 0.5);
}

function randomGraph(seed: number): GraphBuilder {
  const random = createRandom(seed);
  const b = new GraphBuilder({ name: `random${seed}` });
  const values = [
    b.input('u', 'float32', [2, 3]),
    b.input('v', 'float32', [3, 2]),
    b.input('w', 'float32', [1, 3]),
    b.input('s', 'float32', []),
  ];
  const steps = Object.values(STEPS_BY_NAME);
  while (values.length < STEPS + 4) {
    const pick = (): string => values[random.integer(values.length)]!;
    const made = steps[random.integer(steps.length)]!(b, pick(), pick(), random);
    if (made !== undefined && sizeOf(b.shapeOf(made)) <= 60) values.push(made);
  }
  // Every late value counts, through a bounded function.
  const parts = values.slice(-5).map((value) => {
    const flat = reshape(b, b.op('Tanh', [value]), [sizeOf(b.shapeOf(value))]);
    return reduceMean(b, flat, [0]);
  });
  b.output(
    parts.reduce((sum, part) => add(b, sum, part)),
    'loss',
  );
  return b;
}

it(`${GRAPHS} random graphs have the gradients of their numeric derivatives`, async () => {
  // Uniform rather than evenly spread: sums of evenly spread values tie, and a maximum of them has a kink.
  const random = createRandom(2);
  const uniform = (...shape: number[]): Tensor<'float32'> =>
    float32(
      Array.from({ length: sizeOf(shape) }, () => 2 * random.next() - 1),
      shape,
    );
  const inputs = { u: uniform(2, 3), v: uniform(3, 2), w: uniform(1, 3), s: uniform() };
  for (let seed = 1; seed <= GRAPHS; seed++) {
    try {
      await checkGradient(randomGraph(seed).build(), inputs, { native: seed % 4 === 0, nativeTolerance: 1e-4 });
    } catch (error) {
      expect.fail(`seed ${seed}: ${String(error)}`);
    }
  }
});
