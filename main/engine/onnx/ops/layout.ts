/** Ops that rearrange elements: Reshape, Transpose, Concat, Split and their kin. */
import { broadcastShapes, sizeOf } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { NodeContext } from './context.ts';
import { shapeText } from './context.ts';
import { coordinatesOf, foldConcat, foldExpand, foldMove, foldReshape, take } from './fold-layout.ts';
import type { OpSpec, Shape } from './spec.ts';
import { ALL } from './spec.ts';

/** 0 copies the input's axis unless allowzero = 1; a single -1 takes what is left. */
function reshapeShape(context: NodeContext): Shape[] {
  const input = context.shape();
  const wanted = context.numbers(1, 'axis sizes');
  const text = shapeText(wanted);
  const keepsZero = context.int('allowzero') === 1;
  const shape = wanted.map((size, axis) => {
    if (size !== 0 || keepsZero) return size;
    if (axis >= input.length) throw context.invalid(`at most ${input.length} axes where one is 0 ("copy")`, text);
    return input[axis]!;
  });
  const unknown = shape.indexOf(-1);
  const rest = sizeOf(shape.filter((_, axis) => axis !== unknown));
  const fault = `a shape for ${sizeOf(input)} elements of ${shapeText(input)}`;
  context.require(
    shape.every((size, axis) => size >= 0 || axis === unknown),
    fault,
    text,
  );
  if (unknown >= 0) {
    context.require(rest > 0 && sizeOf(input) % rest === 0, fault, text);
    shape[unknown] = sizeOf(input) / rest;
  }
  context.require(sizeOf(shape) === sizeOf(input), fault, text);
  return [shape];
}

/** Axes before and from `axis` are multiplied up; axis may equal the rank. */
function flattenShape(context: NodeContext): Shape[] {
  const shape = context.shape();
  const axis = context.int('axis');
  const first = axis === shape.length ? axis : context.axis(axis, Math.max(shape.length, 1));
  return [[sizeOf(shape.slice(0, first)), sizeOf(shape.slice(first))]];
}

/** The permutation; reversed axes by default. */
function permutation(context: NodeContext): readonly number[] {
  const rank = context.rank();
  const axes = context.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const isPermutation =
    axes.length === rank && axes.every((axis) => axis >= 0 && axis < rank) && new Set(axes).size === rank;
  context.require(isPermutation, `a permutation of ${rank} axes`, shapeText(axes));
  return axes;
}

function concatShape(context: NodeContext): Shape[] {
  const first = context.shape();
  const axis = context.axis(context.int('axis'), first.length);
  let size = 0;
  for (let index = 0; index < context.inputs.length; index++) {
    const shape = context.shape(index);
    const fits = shape.length === first.length && shape.every((length, at) => at === axis || length === first[at]);
    context.require(fits, `input ${index} to agree with ${shapeText(first)} outside axis ${axis}`, shapeText(shape));
    size += shape[axis]!;
  }
  return [first.with(axis, size)];
}

/** Sizes given, or equal parts of which the last may be smaller (num_outputs, opset 18). */
function splitSizes(context: NodeContext, axis: number): readonly number[] {
  const size = context.shape()[axis]!;
  if (context.has(1)) {
    const sizes = context.numbers(1, 'split sizes');
    const total = sizes.reduce((sum, part) => sum + part, 0);
    const fits = sizes.length === context.outputCount && total === size && sizes.every((part) => part >= 0);
    context.require(fits, `${context.outputCount} sizes that add up to ${size}`, shapeText(sizes));
    return sizes;
  }
  const count = context.attribute('num_outputs', 'int') ?? context.outputCount;
  context.require(count === context.outputCount, `${count} outputs`, String(context.outputCount));
  const part = Math.ceil(size / count);
  const last = size - part * (count - 1);
  context.require(last >= 0, `an axis that divides into ${count} parts`, String(size));
  return Array.from({ length: count }, (_, index) => (index === count - 1 ? last : part));
}

function splitShape(context: NodeContext): Shape[] {
  const axis = context.axis(context.int('axis'), context.rank());
  return splitSizes(context, axis).map((size) => context.shape().with(axis, size));
}

function foldSplit(context: NodeContext, shapes: readonly Shape[]): readonly Tensor[] | undefined {
  const source = context.constant(0);
  if (!source) return undefined;
  const axis = context.axis(context.int('axis'), context.rank());
  let start = 0;
  return shapes.map((shape) => {
    const first = start;
    start += shape[axis]!;
    const positions = [...source.data.keys()].filter((flat) => {
      const place = coordinatesOf(flat, source.shape)[axis]!;
      return place >= first && place < first + shape[axis]!;
    });
    return take(source, shape, positions);
  });
}

/** Without axes, every axis of size 1 goes. */
function squeezeShape(context: NodeContext): Shape[] {
  const shape = context.shape();
  if (!context.has(1)) return [shape.filter((size) => size !== 1)];
  const axes = new Set(context.axes(context.numbers(1, 'axes'), shape.length));
  const isOne = [...axes].every((axis) => shape[axis] === 1);
  context.require(isOne, 'axes of size 1', `axes ${shapeText([...axes])} of ${shapeText(shape)}`);
  return [shape.filter((_, axis) => !axes.has(axis))];
}

/** Axes count in the output. */
function unsqueezeShape(context: NodeContext): Shape[] {
  const given = context.numbers(1, 'axes');
  const rank = context.rank() + given.length;
  const axes = new Set(context.axes(given, rank));
  const rest = [...context.shape()];
  return [Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : rest.shift()!))];
}

/** Both ways: a 1 in the wanted shape keeps the input's axis. */
function expandShape(context: NodeContext): Shape[] {
  const wanted = context.numbers(1, 'axis sizes');
  const shape = broadcastShapes(context.shape(), wanted);
  if (!shape) throw context.invalid(`a shape that ${shapeText(context.shape())} broadcasts with`, shapeText(wanted));
  return [shape];
}

function tileShape(context: NodeContext): Shape[] {
  const repeats = context.numbers(1, 'repeats');
  const fits = repeats.length === context.rank() && repeats.every((count) => count >= 0);
  context.require(fits, `${context.rank()} repeats`, shapeText(repeats));
  return [context.shape().map((size, axis) => size * repeats[axis]!)];
}

function blockSize(context: NodeContext): number {
  context.require(context.rank() === 4, 'an input [batch, channels, height, width]', shapeText(context.shape()));
  const size = context.int('blocksize');
  context.require(size > 0, 'a positive blocksize', String(size));
  return size;
}

function depthToSpaceShape(context: NodeContext): Shape[] {
  const size = blockSize(context);
  const [batch, channels, height, width] = context.shape() as [number, number, number, number];
  context.require(channels % size ** 2 === 0, `channels divisible by ${size ** 2}`, String(channels));
  return [[batch, channels / size ** 2, height * size, width * size]];
}

function spaceToDepthShape(context: NodeContext): Shape[] {
  const size = blockSize(context);
  const [batch, channels, height, width] = context.shape() as [number, number, number, number];
  context.require(
    height % size === 0 && width % size === 0,
    `height and width divisible by ${size}`,
    `${height} x ${width}`,
  );
  return [[batch, channels * size ** 2, height / size, width / size]];
}

const BLOCKSIZE = { type: 'int', required: true } as const;
const TYPES = { T: ALL };

/** Same elements in another arrangement. */
export const LAYOUT = {
  Reshape: {
    inputs: ['T', 'int64'],
    outputs: ['T'],
    types: TYPES,
    attributes: { allowzero: { type: 'int', default: 0 } },
    shape: reshapeShape,
    fold: foldReshape,
    foldsInPlace: true,
  },
  Flatten: {
    inputs: ['T'],
    outputs: ['T'],
    types: TYPES,
    attributes: { axis: { type: 'int', default: 1 } },
    shape: flattenShape,
    fold: foldReshape,
    foldsInPlace: true,
  },
  Squeeze: {
    inputs: ['T', 'int64?'],
    outputs: ['T'],
    types: TYPES,
    attributes: {},
    shape: squeezeShape,
    fold: foldReshape,
    foldsInPlace: true,
  },
  Unsqueeze: {
    inputs: ['T', 'int64'],
    outputs: ['T'],
    types: TYPES,
    attributes: {},
    shape: unsqueezeShape,
    fold: foldReshape,
    foldsInPlace: true,
  },
  Transpose: {
    inputs: ['T'],
    outputs: ['T'],
    types: TYPES,
    attributes: { perm: { type: 'ints' } },
    shape: (context) => [permutation(context).map((axis) => context.shape()[axis]!)],
    fold: foldMove((context, coordinates) => {
      const axes = permutation(context);
      return axes.map((_, axis) => coordinates[axes.indexOf(axis)]!);
    }),
  },
  Concat: {
    inputs: ['T*'],
    outputs: ['T'],
    types: TYPES,
    attributes: { axis: { type: 'int', required: true } },
    shape: concatShape,
    fold: foldConcat,
  },
  Split: {
    inputs: ['T', 'int64?'],
    outputs: ['T*'],
    types: TYPES,
    attributes: { axis: { type: 'int', default: 0 }, num_outputs: { type: 'int' } },
    shape: splitShape,
    fold: foldSplit,
  },
  Expand: {
    inputs: ['T', 'int64'],
    outputs: ['T'],
    types: TYPES,
    attributes: {},
    shape: expandShape,
    fold: foldExpand,
  },
  Tile: {
    inputs: ['T', 'int64'],
    outputs: ['T'],
    types: TYPES,
    attributes: {},
    shape: tileShape,
    fold: foldMove((context, coordinates) => coordinates.map((place, axis) => place % context.shape()[axis]!)),
  },
  DepthToSpace: {
    inputs: ['T'],
    outputs: ['T'],
    types: TYPES,
    attributes: { blocksize: BLOCKSIZE, mode: { type: 'string', default: 'DCR', values: ['DCR', 'CRD'] } },
    shape: depthToSpaceShape,
  },
  SpaceToDepth: {
    inputs: ['T'],
    outputs: ['T'],
    types: TYPES,
    attributes: { blocksize: BLOCKSIZE },
    shape: spaceToDepthShape,
  },
} as const satisfies Record<string, OpSpec>;
