/** Ops that pick or add elements: Slice, Gather, Pad, OneHot, Trilu. */
import { sizeOf, stridesOf } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { toNumbers } from '../../tensor/tensor.ts';
import type { NodeContext } from './context.ts';
import { shapeText } from './context.ts';
import { coordinatesOf, foldMove, take } from './fold-layout.ts';
import type { OpSpec, Shape } from './spec.ts';
import { ALL, INDICES, NUMBERS } from './spec.ts';

/** One axis of a Slice: first index, step, number of elements. */
interface SliceAxis {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/**
 * Every axis of a Slice after clamping (ONNX Slice-13: starts to [0, size] or [0, size - 1] for a negative step,
 * ends to [0, size] or [-1, size - 1]).
 */
function sliceAxes(context: NodeContext): SliceAxis[] {
  const shape = context.shape();
  const starts = context.numbers(1, 'slice starts');
  const ends = context.numbers(2, 'slice ends');
  const named = context.has(3) ? context.numbers(3, 'slice axes') : [...starts.keys()];
  const steps = context.has(4) ? context.numbers(4, 'slice steps') : starts.map(() => 1);
  const fits = starts.length === ends.length && starts.length === named.length && starts.length === steps.length;
  context.require(
    fits,
    'as many starts, ends, axes and steps',
    [starts, ends, named, steps].map((list) => list.length).join(', '),
  );
  const axes = context.axes(named, shape.length);
  const result: SliceAxis[] = shape.map((size) => ({ start: 0, step: 1, count: size }));
  axes.forEach((axis, index) => {
    const size = shape[axis]!;
    const step = steps[index]!;
    context.require(step !== 0, 'steps other than 0', shapeText(steps));
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const clamp = (place: number, least: number): number =>
      Math.min(Math.max(place < 0 ? place + size : place, least), high);
    const start = clamp(starts[index]!, 0);
    const count = Math.max(Math.ceil((clamp(ends[index]!, low) - start) / step), 0);
    result[axis] = { start, step, count };
  });
  return result;
}

function gatherShape(context: NodeContext): Shape[] {
  const shape = context.shape();
  const axis = context.axis(context.int('axis'), shape.length);
  return [[...shape.slice(0, axis), ...context.shape(1), ...shape.slice(axis + 1)]];
}

function foldGather(context: NodeContext, [shape]: readonly Shape[]): readonly Tensor[] | undefined {
  const [source, indices] = [context.constant(0), context.constant(1)];
  if (!source || !indices) return undefined;
  const axis = context.axis(context.int('axis'), source.shape.length);
  const size = source.shape[axis]!;
  const strides = stridesOf(source.shape);
  const picks = toNumbers(indices).map((pick) => (pick < 0 ? pick + size : pick));
  const isInside = picks.every((pick) => pick >= 0 && pick < size);
  context.require(isInside, `indices in -${size}..${size - 1}`, shapeText(toNumbers(indices)));
  const indexStrides = stridesOf(indices.shape);
  const positions = Array.from({ length: sizeOf(shape!) }, (_, flat) => {
    const place = coordinatesOf(flat, shape!);
    const index = indexStrides.reduce((sum, stride, at) => sum + stride * place[axis + at]!, 0);
    const coordinates = [...place.slice(0, axis), picks[index]!, ...place.slice(axis + indices.shape.length)];
    return coordinates.reduce((sum, at, dimension) => sum + at * strides[dimension]!, 0);
  });
  return [take(source, shape!, positions)];
}

function gatherElementsShape(context: NodeContext): Shape[] {
  const [data, indices] = [context.shape(), context.shape(1)];
  const axis = context.axis(context.int('axis'), data.length);
  const fits = indices.length === data.length && indices.every((size, at) => at === axis || size <= data[at]!);
  context.require(fits, `indices that fit ${shapeText(data)} outside axis ${axis}`, shapeText(indices));
  return [indices];
}

function gatherNdShape(context: NodeContext): Shape[] {
  const [data, indices] = [context.shape(), context.shape(1)];
  const batch = context.int('batch_dims');
  const depth = indices.at(-1);
  const fits = depth !== undefined && batch >= 0 && batch < indices.length && batch + depth <= data.length;
  context.require(fits, `indices whose last axis fits ${shapeText(data)}`, shapeText(indices));
  return [[...indices.slice(0, -1), ...data.slice(batch + depth!)]];
}

/** pads = [begin of each axis..., end of each axis...]; negative pads crop. */
function padShape(context: NodeContext): Shape[] {
  const shape = context.shape();
  const pads = context.numbers(1, 'pads');
  const named = context.has(3) ? context.numbers(3, 'pad axes') : [...shape.keys()];
  const axes = context.axes(named, shape.length);
  context.require(pads.length === 2 * axes.length, `${2 * axes.length} pads`, String(pads.length));
  const result = [...shape];
  axes.forEach((axis, index) => (result[axis]! += pads[index]! + pads[index + axes.length]!));
  return [result];
}

function oneHotShape(context: NodeContext): Shape[] {
  const depth = context.numbers(1, 'depths')[0] ?? 0;
  context.require(depth >= 1, 'a positive depth', String(depth));
  const axis = context.axis(context.int('axis'), context.rank() + 1);
  context.require(
    context.shape(2).length === 1 && context.shape(2)[0] === 2,
    'two values [off, on]',
    shapeText(context.shape(2)),
  );
  return [context.shape().toSpliced(axis, 0, depth)];
}

function triluShape(context: NodeContext): Shape[] {
  context.require(context.rank() >= 2, 'matrices', shapeText(context.shape()));
  return [context.shape()];
}

const TYPES = { T: ALL, I: INDICES };

/** Elements picked by position. */
export const SELECTION = {
  Slice: {
    inputs: ['T', 'I', 'I', 'I?', 'I?'],
    outputs: ['T'],
    types: TYPES,
    attributes: {},
    shape: (context) => [sliceAxes(context).map(({ count }) => count)],
    fold: foldMove((context, coordinates) => {
      const axes = sliceAxes(context);
      return coordinates.map((place, axis) => axes[axis]!.start + place * axes[axis]!.step);
    }),
  },
  Gather: {
    inputs: ['T', 'I'],
    outputs: ['T'],
    types: TYPES,
    attributes: { axis: { type: 'int', default: 0 } },
    shape: gatherShape,
    fold: foldGather,
  },
  GatherElements: {
    inputs: ['T', 'I'],
    outputs: ['T'],
    types: TYPES,
    attributes: { axis: { type: 'int', default: 0 } },
    shape: gatherElementsShape,
  },
  GatherND: {
    inputs: ['T', 'int64'],
    outputs: ['T'],
    types: TYPES,
    attributes: { batch_dims: { type: 'int', default: 0 } },
    shape: gatherNdShape,
  },
  Pad: {
    inputs: ['T', 'int64', 'T?', 'I?'],
    outputs: ['T'],
    types: TYPES,
    attributes: { mode: { type: 'string', default: 'constant', values: ['constant', 'reflect', 'edge'] } },
    shape: padShape,
  },
  OneHot: {
    inputs: ['N', 'D', 'T'],
    outputs: ['T'],
    types: { N: NUMBERS, D: NUMBERS, T: ALL },
    attributes: { axis: { type: 'int', default: -1 } },
    shape: oneHotShape,
  },
  Trilu: {
    inputs: ['T', 'int64?'],
    outputs: ['T'],
    types: TYPES,
    attributes: { upper: { type: 'int', default: 1 } },
    shape: triluShape,
  },
} as const satisfies Record<string, OpSpec>;
