/** Reference operators of linear algebra: MatMul, Gemm, Einsum without ellipsis. */
import { broadcastShapes } from '../../../main/engine/tensor/shape.ts';
import { at, broadcastAt, forEachIndex, generate, value } from './value.ts';
import type { Call, OperatorTable, Value } from './value.ts';

/** Views a value under another shape of the same size. */
function reshaped(source: Value, shape: readonly number[]): Value {
  return value(source.dtype, shape, source.data);
}

/** numpy.matmul: a vector on the left is a row, on the right a column, and its axis is dropped again. */
function matmul(call: Call): Value {
  const [left, right] = [call.input(0), call.input(1)];
  const a = left.shape.length === 1 ? reshaped(left, [1, ...left.shape]) : left;
  const b = right.shape.length === 1 ? reshaped(right, [...right.shape, 1]) : right;
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [rows, inner, columns] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  if (!batch || b.shape.at(-2) !== inner) throw new Error(`MatMul of [${left.shape}] and [${right.shape}]`);
  const full = generate(a.dtype, [...batch, rows, columns], (index) => {
    const prefix = index.slice(0, -2);
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      sum += matrixAt(a, prefix, index.at(-2)!, k) * matrixAt(b, prefix, k, index.at(-1)!);
    }
    return sum;
  });
  const kept = [...batch, ...(left.shape.length === 1 ? [] : [rows]), ...(right.shape.length === 1 ? [] : [columns])];
  return reshaped(full, kept);
}

/** Element [row, column] of the matrix that the broadcast batch index `prefix` selects. */
function matrixAt(source: Value, prefix: readonly number[], row: number, column: number): number {
  const own = prefix.slice(prefix.length - (source.shape.length - 2));
  const batch = own.map((entry, axis) => (source.shape[axis] === 1 ? 0 : entry));
  return at(source, [...batch, row, column]);
}

/** alpha A' B' + beta C, C broadcast to [rows, columns]. */
function gemm(call: Call): Value {
  const [a, b, c] = [call.input(0), call.input(1), call.optional(2)];
  const [transA, transB] = [call.int('transA', 0) === 1, call.int('transB', 0) === 1];
  const [alpha, beta] = [call.float('alpha', 1), call.float('beta', 1)];
  const [rows, inner] = [a.shape[transA ? 1 : 0]!, a.shape[transA ? 0 : 1]!];
  const columns = b.shape[transB ? 0 : 1]!;
  return generate(a.dtype, [rows, columns], (index) => {
    const [row, column] = [index[0]!, index[1]!];
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      sum += at(a, transA ? [k, row] : [row, k]) * at(b, transB ? [column, k] : [k, column]);
    }
    return alpha * sum + (c ? beta * broadcastAt(c, index) : 0);
  });
}

/** Sums the product of the operands over every letter that the result does not name. */
function einsum(call: Call): Value {
  const [terms = '', explicit] = call.text('equation', '').replaceAll(' ', '').split('->');
  const letters = terms.split(',');
  const operands = letters.map((_, index) => call.input(index));
  const sizes = new Map<string, number>();
  letters.forEach((term, operand) => {
    [...term].forEach((letter, axis) => sizes.set(letter, operands[operand]!.shape[axis]!));
  });
  const all = [...sizes.keys()].sort();
  const once = all.filter((letter) => terms.split(letter).length === 2).join('');
  const result = explicit ?? once; // the implicit result names each letter that occurs once, in alphabetical order
  const summed = all.filter((letter) => !result.includes(letter));
  return generate(
    operands[0]!.dtype,
    [...result].map((letter) => sizes.get(letter)!),
    (outer) => {
      const position = new Map([...result].map((letter, axis) => [letter, outer[axis]!]));
      let sum = 0;
      forEachIndex(
        summed.map((letter) => sizes.get(letter)!),
        (inner) => {
          summed.forEach((letter, axis) => position.set(letter, inner[axis]!));
          sum += operands.reduce(
            (product, operand, index) =>
              product *
              at(
                operand,
                [...letters[index]!].map((letter) => position.get(letter)!),
              ),
            1,
          );
        },
      );
      return sum;
    },
  );
}

/** Operators of this family. */
export const LINEAR: OperatorTable = { MatMul: matmul, Gemm: gemm, Einsum: einsum };
