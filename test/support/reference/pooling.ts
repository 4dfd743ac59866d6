/** Reference pools over the spatial axes of [batch, channels, ...spatial]. */
import { at, forEachIndex, generate } from './value.ts';
import type { Call, OperatorTable, Value } from './value.ts';
import { positionOf, windowOf } from './window.ts';
import type { Window } from './window.ts';

/** Visits the input positions of one output element; `inside` is false in the padding. */
function visitWindow(
  window: Window,
  input: readonly number[],
  index: readonly number[],
  visit: (position: readonly number[], inside: boolean) => void,
): void {
  forEachIndex(window.kernel, (tap) => {
    const position = input.map((_, axis) => positionOf(window, axis, index[axis + 2]!, tap[axis]!));
    visit(
      position,
      position.every((entry, axis) => entry >= 0 && entry < input[axis]!),
    );
  });
}

/** Maximum and, as second output, its flat index in the whole input; the first of equals wins. */
function maxPool(call: Call): Value[] {
  const x = call.input(0);
  const input = x.shape.slice(2);
  const window = windowOf(call, input, call.ints('kernel_shape')!);
  const shape = [...x.shape.slice(0, 2), ...window.output];
  const columnMajor = call.int('storage_order', 0) === 1;
  function best(index: readonly number[]): { maximum: number; where: readonly number[] } {
    let maximum = -Infinity;
    let where: readonly number[] = [];
    visitWindow(window, input, index, (position, inside) => {
      if (!inside) return;
      const element = at(x, [index[0]!, index[1]!, ...position]);
      if (element > maximum || where.length === 0) {
        maximum = element;
        where = position;
      }
    });
    return { maximum, where };
  }
  const planeSize = input.reduce((product, size) => product * size, 1);
  function flatIndex(index: readonly number[]): number {
    const { where } = best(index);
    const order = where.map((_, axis) => (columnMajor ? where.length - 1 - axis : axis));
    const inPlane = order.reduce((flat, axis) => flat * input[axis]! + where[axis]!, 0);
    return (index[0]! * x.shape[1]! + index[1]!) * planeSize + inPlane;
  }
  return [generate(x.dtype, shape, (index) => best(index).maximum), generate('int64', shape, flatIndex)];
}

/** Mean over the window; padding counts only with count_include_pad, what lies beyond the padding never. */
function averagePool(call: Call): Value {
  const x = call.input(0);
  const input = x.shape.slice(2);
  const window = windowOf(call, input, call.ints('kernel_shape')!);
  const includePad = call.int('count_include_pad', 0) === 1;
  return generate(x.dtype, [...x.shape.slice(0, 2), ...window.output], (index) => {
    let [sum, count] = [0, 0];
    visitWindow(window, input, index, (position, inside) => {
      if (inside) sum += at(x, [index[0]!, index[1]!, ...position]);
      const padded = position.every((entry, axis) => entry < input[axis]! + window.padEnd[axis]!);
      if (inside || (includePad && padded)) count++;
    });
    return sum / count;
  });
}

/** (sum |x|^p)^(1/p) over the window. */
function lpPool(call: Call): Value {
  const x = call.input(0);
  const input = x.shape.slice(2);
  const window = windowOf(call, input, call.ints('kernel_shape')!);
  return generate(x.dtype, [...x.shape.slice(0, 2), ...window.output], (index) => {
    const elements: number[] = [];
    visitWindow(window, input, index, (position, inside) => {
      if (inside) elements.push(at(x, [index[0]!, index[1]!, ...position]));
    });
    return lpNorm(elements, call);
  });
}

function lpNorm(elements: readonly number[], call: Call): number {
  const power = call.int('p', 2);
  return elements.reduce((sum, x) => sum + Math.abs(x) ** power, 0) ** (1 / power);
}

function globalPool(fold: (elements: readonly number[], call: Call) => number): (call: Call) => Value {
  return (call) => {
    const x = call.input(0);
    const input = x.shape.slice(2);
    return generate(x.dtype, [...x.shape.slice(0, 2), ...input.map(() => 1)], (index) => {
      const elements: number[] = [];
      forEachIndex(input, (position) => elements.push(at(x, [index[0]!, index[1]!, ...position])));
      return fold(elements, call);
    });
  };
}

/** Operators of this family. */
export const POOLING: OperatorTable = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool((elements) => elements.reduce((sum, x) => sum + x, 0) / elements.length),
  LpPool: lpPool,
  GlobalLpPool: globalPool(lpNorm),
  GlobalMaxPool: globalPool((elements) => Math.max(...elements)),
};
