/** Sums a gradient back to the shape of an input that was stretched. */
import { reshape } from '../onnx/emit.ts';
import { InvariantError } from '../errors.ts';
import type { GraphBuilder } from '../onnx/build.ts';

import { sumOver } from './sums.ts';

/**
 * The adjoint of broadcasting: sums over every axis that was added in front or stretched from 1.
 * @param gradient of a shape that `shape` broadcasts to
 * @returns a value of exactly `shape`; `gradient` itself when nothing was stretched
 */
export function unbroadcast(builder: GraphBuilder, gradient: string, shape: readonly number[]): string {
  const full = builder.shapeOf(gradient);
  const added = full.length - shape.length;
  if (added < 0)
    throw new InvariantError(`unbroadcast: [${full.join(', ')}] is not stretched from [${shape.join(', ')}]`);
  const axes = full.flatMap((size, axis) => {
    if (axis < added) return [axis];
    // An axis of 1 that stayed 1 needs no sum; one that was stretched to 0 sums to zero.
    return shape[axis - added] === 1 && size !== 1 ? [axis] : [];
  });
  const summed = axes.length === 0 ? gradient : sumOver(builder, gradient, axes);
  return reshape(builder, summed, shape);
}
