/** Reference reductions over axes, arg-extremes, top-k. */
import { at, axisOf, forEachIndex, generate, numbers, single, withEntry } from './value.ts';
import type { Call, Operator, OperatorTable, Value } from './value.ts';

const sum = (elements: readonly number[]): number => elements.reduce((total, x) => total + x, 0);
const sumOf = (elements: readonly number[], each: (x: number) => number): number => sum(elements.map(each));

/** log(sum(exp(x))), shifted by the maximum so that large inputs stay finite. */
function logSumExp(elements: readonly number[]): number {
  const top = Math.max(...elements);
  return Number.isFinite(top) ? top + Math.log(sumOf(elements, (x) => Math.exp(x - top))) : top;
}

/**
 * Axes come as the second input (opset 18; ReduceSum 13) or as an attribute (before). With noop_with_empty_axes and no
 * axes each element is reduced alone: still squared by ReduceSumSquare, as onnxruntime does.
 */
function reduce(fold: (elements: readonly number[]) => number): Operator {
  return (call) => {
    const x = call.input(0);
    const given = call.optional(1);
    const axes = given ? numbers(given) : call.ints('axes');
    const rank = x.shape.length;
    const none = call.int('noop_with_empty_axes', 0) === 1 ? [] : x.shape.keys();
    const reduced = new Set(axes?.length ? axes.map((axis) => axisOf(axis, rank)) : none);
    const inner = x.shape.map((size, axis) => (reduced.has(axis) ? size : 1));
    const outer = x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
    const kept = generate(x.dtype, outer, (index) => {
      const elements: number[] = [];
      forEachIndex(inner, (offset) =>
        elements.push(
          at(
            x,
            index.map((entry, axis) => entry + offset[axis]!),
          ),
        ),
      );
      return fold(elements);
    });
    if (call.int('keepdims', 1) === 1) return kept;
    let flat = 0;
    return generate(
      x.dtype,
      x.shape.filter((_, axis) => !reduced.has(axis)),
      () => kept.data[flat++]!,
    );
  };
}

/** Index of the first (or, with select_last_index, last) extreme element along an axis. */
function argExtreme(better: (candidate: number, best: number) => boolean): Operator {
  return (call) => {
    const x = call.input(0);
    const axis = axisOf(call.int('axis', 0), x.shape.length);
    const last = call.int('select_last_index', 0) === 1;
    const keep = call.int('keepdims', 1) === 1;
    const kept = generate('int64', withEntry(x.shape, axis, 1), (index) => {
      let winner = 0;
      for (let position = 1; position < x.shape[axis]!; position++) {
        const candidate = at(x, withEntry(index, axis, position));
        const best = at(x, withEntry(index, axis, winner));
        if (better(candidate, best) || (last && candidate === best)) winner = position;
      }
      return winner;
    });
    let flat = 0;
    return keep
      ? kept
      : generate(
          'int64',
          x.shape.filter((_, other) => other !== axis),
          () => kept.data[flat++]!,
        );
  };
}

/** The k largest (smallest) along an axis and their indices; equal elements in order of index. */
function topK(call: Call): Value[] {
  const x = call.input(0);
  const count = single(call.input(1));
  const axis = axisOf(call.int('axis', -1), x.shape.length);
  const sign = call.int('largest', 1) === 1 ? 1 : -1;
  const shape = withEntry(x.shape, axis, count);
  const indices = generate('int64', shape, (index) => {
    const lane = Array.from({ length: x.shape[axis]! }, (_, position) => at(x, withEntry(index, axis, position)));
    const order = [...lane.keys()].sort((a, b) => sign * (lane[b]! - lane[a]!) || a - b);
    return order[index[axis]!]!;
  });
  return [generate(x.dtype, shape, (index) => at(x, withEntry(index, axis, at(indices, index)))), indices];
}

/** Operators of this family. An empty reduction gives the neutral element (ONNX 1.16 wording). */
export const REDUCTION: OperatorTable = {
  ReduceSum: reduce(sum),
  ReduceMean: reduce((elements) => sum(elements) / elements.length),
  ReduceMax: reduce((elements) => Math.max(...elements)),
  ReduceMin: reduce((elements) => Math.min(...elements)),
  ReduceProd: reduce((elements) => elements.reduce((product, x) => product * x, 1)),
  ReduceL1: reduce((elements) => sumOf(elements, Math.abs)),
  ReduceL2: reduce((elements) => Math.sqrt(sumOf(elements, (x) => x * x))),
  ReduceSumSquare: reduce((elements) => sumOf(elements, (x) => x * x)),
  ReduceLogSum: reduce((elements) => Math.log(sum(elements))),
  ReduceLogSumExp: reduce(logSumExp),
  ArgMax: argExtreme((candidate, best) => candidate > best),
  ArgMin: argExtreme((candidate, best) => candidate < best),
  TopK: topK,
};
