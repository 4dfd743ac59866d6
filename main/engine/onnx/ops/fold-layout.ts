/** Folding of small tensors through ops that only move elements; values are copied bit for bit. */
import { sizeOf, stridesOf } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { allocate } from '../../tensor/tensor.ts';
import type { NodeContext } from './context.ts';
import { broadcastIndices } from './fold-elementwise.ts';
import type { FoldRule, Shape } from './spec.ts';

/** The elements of `source` at flat positions, as a tensor of `shape`. */
export function take(source: Tensor, shape: Shape, positions: readonly number[]): Tensor {
  const data = allocate(source.dtype, positions.length);
  positions.forEach((position, index) => (data[index] = source.data[position]!));
  return { dtype: source.dtype, shape, data } as Tensor;
}

/** Coordinates of a flat position. */
export function coordinatesOf(flat: number, shape: Shape): number[] {
  const strides = stridesOf(shape);
  return shape.map((size, axis) => Math.floor(flat / strides[axis]!) % size);
}

/** A fold that reads each output element at the input coordinates that `from` gives for its own coordinates. */
export function foldMove(from: (context: NodeContext, coordinates: readonly number[]) => readonly number[]): FoldRule {
  return (context, [shape]) => {
    const source = context.constant(0);
    if (!source) return undefined;
    const strides = stridesOf(source.shape);
    const positions = Array.from({ length: sizeOf(shape!) }, (_, flat) =>
      from(context, coordinatesOf(flat, shape!)).reduce((sum, place, axis) => sum + place * strides[axis]!, 0),
    );
    return [take(source, shape!, positions)];
  };
}

/** Same elements, other shape. */
export function foldReshape(context: NodeContext, [shape]: readonly Shape[]): readonly Tensor[] | undefined {
  const source = context.constant(0);
  return source && [{ ...source, shape: shape! }];
}

/** Repeats along axes of size 1. */
export function foldExpand(context: NodeContext, [shape]: readonly Shape[]): readonly Tensor[] | undefined {
  const source = context.constant(0);
  return source && [take(source, shape!, broadcastIndices(source.shape, shape!))];
}

/** Joins along an axis. */
export function foldConcat(context: NodeContext, [shape]: readonly Shape[]): readonly Tensor[] | undefined {
  const parts = context.inputs.map((input) => input?.constant);
  if (!parts.every((part) => part !== undefined)) return undefined;
  const axis = context.axis(context.int('axis'), shape!.length);
  const data = allocate(parts[0]!.dtype, sizeOf(shape!));
  const inner = sizeOf(shape!.slice(axis + 1));
  const row = shape![axis]! * inner;
  let column = 0;
  for (const part of parts) {
    const width = part.shape[axis]! * inner;
    for (let index = 0; index < part.data.length; index++) {
      data[Math.floor(index / width) * row + column + (index % width)] = part.data[index]!;
    }
    column += width;
  }
  return [{ dtype: parts[0]!.dtype, shape: shape!, data } as Tensor];
}
