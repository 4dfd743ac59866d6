/** Reference operators that read or write through index tensors. */
import { at, axisOf, forEachIndex, generate, numbers, single, value, withEntry } from './value.ts';
import type { Call, OperatorTable, Value } from './value.ts';

/** Negative indices count from the end. */
function wrap(index: number, size: number): number {
  const position = index < 0 ? index + size : index;
  if (position < 0 || position >= size) throw new Error(`index ${index} outside an axis of ${size}`);
  return position;
}

/** The axis is replaced by the axes of the indices. */
function gather(call: Call): Value {
  const [x, indices] = [call.input(0), call.input(1)];
  const axis = axisOf(call.int('axis', 0), x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const count = indices.shape.length;
  return generate(x.dtype, shape, (index) => {
    const picked = wrap(at(indices, index.slice(axis, axis + count)), x.shape[axis]!);
    return at(x, [...index.slice(0, axis), picked, ...index.slice(axis + count)]);
  });
}

function gatherElements(call: Call): Value {
  const [x, indices] = [call.input(0), call.input(1)];
  const axis = axisOf(call.int('axis', 0), x.shape.length);
  return generate(x.dtype, indices.shape, (index) =>
    at(x, withEntry(index, axis, wrap(at(indices, index), x.shape[axis]!))),
  );
}

/** The last axis of the indices is a partial index into x, after `batch_dims` common leading axes. */
function gatherNd(call: Call): Value {
  const [x, indices] = [call.input(0), call.input(1)];
  const batch = call.int('batch_dims', 0);
  const depth = indices.shape.at(-1)!;
  const outer = indices.shape.length - 1;
  return generate(x.dtype, [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)], (index) => {
    const path = Array.from({ length: depth }, (_, part) =>
      wrap(at(indices, [...index.slice(0, outer), part]), x.shape[batch + part]!),
    );
    return at(x, [...index.slice(0, batch), ...path, ...index.slice(outer)]);
  });
}

const SCATTER_REDUCTIONS: Readonly<Record<string, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

/** Copies x and applies each update at the place that `target` names. */
function scatter(call: Call, updates: Value, target: (index: readonly number[]) => readonly number[]): Value {
  const x = call.input(0);
  const data = Float64Array.from(x.data);
  const combine = SCATTER_REDUCTIONS[call.text('reduction', 'none')]!;
  forEachIndex(updates.shape, (index, flat) => {
    const offset = target(index).reduce((sum, entry, axis) => sum + entry * x.strides[axis]!, 0);
    data[offset] = combine(data[offset]!, updates.data[flat]!);
  });
  return value(x.dtype, x.shape, data);
}

function scatterElements(call: Call): Value {
  const [x, indices] = [call.input(0), call.input(1)];
  const axis = axisOf(call.int('axis', 0), x.shape.length);
  return scatter(call, call.input(2), (index) => withEntry(index, axis, wrap(at(indices, index), x.shape[axis]!)));
}

function scatterNd(call: Call): Value {
  const [x, indices] = [call.input(0), call.input(1)];
  const outer = indices.shape.length - 1;
  return scatter(call, call.input(2), (index) => {
    const path = Array.from({ length: indices.shape.at(-1)! }, (_, part) =>
      wrap(at(indices, [...index.slice(0, outer), part]), x.shape[part]!),
    );
    return [...path, ...index.slice(outer)];
  });
}

/** A new axis holds `on` at the index and `off` elsewhere; an index out of range gives only `off`. */
function oneHot(call: Call): Value {
  const [indices, depth, values] = [call.input(0), single(call.input(1)), call.input(2)];
  const [off, on] = numbers(values);
  const rank = indices.shape.length + 1;
  const axis = axisOf(call.int('axis', -1), rank);
  const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)];
  return generate(values.dtype, shape, (index) => {
    const raw = at(
      indices,
      index.filter((_, position) => position !== axis),
    );
    return (raw < 0 ? raw + depth : raw) === index[axis] ? on! : off!;
  });
}

/** Indices of the non-zero elements, [rank, count], in row-major order. */
function nonZero(call: Call): Value {
  const x = call.input(0);
  const found: (readonly number[])[] = [];
  forEachIndex(x.shape, (index, flat) => {
    if (x.data[flat] !== 0) found.push([...index]);
  });
  return generate('int64', [x.shape.length, found.length], ([axis, position]) => found[position!]![axis!]!);
}

/** Operators of this family. */
export const INDEXING: OperatorTable = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  OneHot: oneHot,
  NonZero: nonZero,
};
