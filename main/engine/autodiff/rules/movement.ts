/** Gradients of ops that move, repeat or cut elements without computing. */
import { int } from '../../onnx/attributes.ts';
import { concat, mul, reduceSum, reshape, scale, slice, sub, transpose } from '../../onnx/emit.ts';
import { normalizeAxis } from '../../tensor/shape.ts';
import { constantLike, filled, multiplyAlongAxis } from '../emit-gradient.ts';
import type { Rule, RuleContext } from '../rule-context.ts';
import { unbroadcast } from '../unbroadcast.ts';
import { keepWhere, unary } from './elementwise.ts';
import { normalizeSlices, padded, spreadAxis } from './slices.ts';

/** Any op that only regroups the elements in their row-major order. */
const regroup = unary((context) => reshape(context.builder, context.upstream, context.shape(0)));

const transposeRule = unary((context) => {
  const rank = context.shape(0).length;
  const reversed = Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const order = context.ints('perm', reversed);
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return transpose(context.builder, context.upstream, inverse);
});

/** Each operand gets its piece of the gradient back. */
const concatRule: Rule = (context) => {
  const { builder, node, upstream } = context;
  const axis = normalizeAxis(context.int('axis', 0), context.outputShape(0).length);
  let start = 0;
  return node.inputs.map((_, index) => {
    const end = start + context.shape(index)[axis]!;
    const piece = context.wants(index) ? slice(builder, upstream, [start], [end], [axis]) : undefined;
    start = end;
    return piece;
  });
};

/** The pieces' gradients joined again, zeros for pieces the loss does not see. */
const split: Rule = (context) => {
  const { builder, node } = context;
  const axis = normalizeAxis(context.int('axis', 0), context.shape(0).length);
  const parts = node.outputs.map(
    (output, index) => context.upstreamOf(index) ?? filled(builder, 0, builder.shapeOf(output), context.input(0)),
  );
  return [concat(builder, parts, axis)];
};

/** The gradient put back at the positions it was cut from, zeros elsewhere; any step, also backwards. */
const sliceRule = unary((context) => {
  const { builder } = context;
  const shape = context.shape(0);
  let gradient = context.upstream;
  const before = shape.map(() => 0);
  const after = shape.map(() => 0);
  for (const { axis, first, count, step } of normalizeSlices(context)) {
    if (step < 0) gradient = slice(builder, gradient, [-1], [-count - 1], [axis], [-1]);
    // Backwards steps visit the same positions from the other end.
    const lowest = step < 0 ? first + (count - 1) * step : first;
    gradient = spreadAxis(builder, gradient, axis, Math.abs(step));
    before[axis] = lowest;
    after[axis] = shape[axis]! - lowest - ((count - 1) * Math.abs(step) + 1);
  }
  return padded(builder, gradient, before, after);
});

/**
 * Pad: the gradient is cut back. With mode reflect, edge or wrap the border's gradient is added to the elements
 * it was copied from, by a constant matrix per padded axis. The padding value gets what the border receives.
 */
const pad: Rule = (context) => {
  const { builder, upstream } = context;
  const shape = context.shape(0);
  const rank = shape.length;
  const axes = context.has(3)
    ? context.numbers(3).map((axis) => normalizeAxis(axis, rank))
    : shape.map((_, axis) => axis);
  const pads = context.numbers(1);
  const mode = context.text('mode', 'constant');
  const before = shape.map(() => 0);
  const after = shape.map(() => 0);
  axes.forEach((axis, index) => {
    before[axis] = pads[index]!;
    after[axis] = pads[index + axes.length]!;
  });
  if (mode === 'constant') {
    const inner = padded(
      builder,
      upstream,
      before.map((count) => -count),
      after.map((count) => -count),
    );
    return [inner, undefined, context.wants(2) ? borderSum(context, inner) : undefined];
  }
  let gradient = upstream;
  for (let axis = 0; axis < rank; axis++) {
    if (before[axis] === 0 && after[axis] === 0) continue;
    const matrix = borderMatrix(mode, shape[axis]!, before[axis]!, after[axis]!);
    gradient = multiplyAlongAxis(builder, gradient, axis, matrix, shape[axis]!);
  }
  return [gradient];
};

/** Gradient of the padding value: everything that did not reach the input. */
function borderSum(context: RuleContext, inner: string): string {
  const { builder, upstream } = context;
  const all = (x: string): string =>
    reduceSum(
      builder,
      x,
      builder.shapeOf(x).map((_, axis) => axis),
      false,
    );
  return reshape(builder, sub(builder, all(upstream), all(inner)), context.shape(2));
}

/** [size, before + size + after] with a 1 where a padded position copies an element. */
function borderMatrix(mode: string, size: number, before: number, after: number): Float64Array {
  const columns = before + size + after;
  const matrix = new Float64Array(size * columns);
  for (let column = 0; column < columns; column++) {
    const position = column - before;
    let source = position;
    if (mode === 'edge') source = Math.min(Math.max(position, 0), size - 1);
    if (mode === 'wrap') source = ((position % size) + size) % size;
    if (mode === 'reflect' && size > 1) {
      const period = 2 * (size - 1);
      const phase = ((position % period) + period) % period;
      source = phase < size ? phase : period - phase;
    }
    if (mode === 'reflect' && size === 1) source = 0;
    matrix[source * columns + column] = 1;
  }
  return matrix;
}

/** Expand sums over the stretched axes. */
const expandRule = unary((context) => unbroadcast(context.builder, context.upstream, context.shape(0)));

/** Tile sums over the copies: [copies_0, size_0, copies_1, size_1, ...]. */
const tile = unary((context) => {
  const shape = context.shape(0);
  const copies = shape.map((size, axis) => context.outputShape(0)[axis]! / size);
  const interleaved = reshape(
    context.builder,
    context.upstream,
    copies.flatMap((count, axis) => [count, shape[axis]!]),
  );
  const sum = reduceSum(
    context.builder,
    interleaved,
    shape.map((_, axis) => 2 * axis),
    false,
  );
  return reshape(context.builder, sum, shape);
});

/**
 * DepthToSpace regrouped back. Forward, DCR: [n, block, block, c, h, w], CRD: [n, c, block, block, h, w], both to
 * [n, c, h, block, w, block]; here the inverse permutation.
 */
const depthToSpace = unary((context) => {
  const { builder, upstream } = context;
  const [batch, depth, height, width] = context.shape(0) as [number, number, number, number];
  const block = context.int('blocksize', 1);
  const channels = depth / (block * block);
  const spread = reshape(builder, upstream, [batch, channels, height, block, width, block]);
  const order = context.text('mode', 'DCR') === 'DCR' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  return reshape(builder, transpose(builder, spread, order), context.shape(0));
});

/** SpaceToDepth is the inverse of DepthToSpace in DCR mode. */
const spaceToDepth = unary((context) =>
  context.builder.op('DepthToSpace', [context.upstream], { blocksize: int(context.int('blocksize', 1)) }),
);

/**
 * Dropout: without training the identity. In training the mask that was drawn must be an output of the node, or the
 * gradient would belong to another draw.
 */
const dropout: Rule = (context) => {
  const { builder, node, upstream } = context;
  const training = context.has(2) && context.numbers(2)[0] !== 0;
  const ratio = context.has(1) ? context.numbers(1)[0]! : 0.5;
  if (!training || ratio === 0) return [upstream];
  const mask = node.outputs[1] ?? '';
  if (mask === '') context.forbid('it drops at random and keeps no mask', 'Name its second output, the mask.');
  return [scale(builder, keepWhere(builder, mask, upstream), 1 / (1 - ratio))];
};

/** Trilu keeps one triangle; so does its gradient. */
const trilu = unary((context) => {
  const [rows, columns] = context.shape(0).slice(-2) as [number, number];
  const diagonal = context.has(1) ? context.numbers(1)[0]! : 0;
  const isUpper = context.int('upper', 1) === 1;
  const mask = Array.from({ length: rows * columns }, (_, flat) => {
    const offset = (flat % columns) - Math.floor(flat / columns);
    return Number(isUpper ? offset >= diagonal : offset <= diagonal);
  });
  return mul(context.builder, context.upstream, constantLike(context.builder, mask, [rows, columns], context.upstream));
});

/** CumSum along a constant axis: a product with the transposed triangle of ones. */
const cumSum = unary((context) => {
  const axis = normalizeAxis(context.numbers(1)[0]!, context.shape(0).length);
  const size = context.shape(0)[axis]!;
  const least = context.int('exclusive', 0);
  const isReverse = context.int('reverse', 0) === 1;
  const matrix = Array.from({ length: size * size }, (_, flat) => {
    // Row: input position; column: output position that counts it.
    const distance = (flat % size) - Math.floor(flat / size);
    return Number((isReverse ? -distance : distance) >= least);
  });
  return multiplyAlongAxis(context.builder, context.upstream, axis, matrix, size);
});

/** Rules of movement ops. */
export const MOVEMENT_RULES = {
  Reshape: regroup,
  Flatten: regroup,
  Squeeze: regroup,
  Unsqueeze: regroup,
  Transpose: transposeRule,
  Concat: concatRule,
  Split: split,
  Slice: sliceRule,
  Pad: pad,
  Expand: expandRule,
  Tile: tile,
  Trilu: trilu,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  CumSum: cumSum,
  Dropout: dropout,
} as const satisfies Record<string, Rule>;
