/** Gradients of matrix products. */
import type { GraphBuilder } from '../../onnx/build.ts';
import { gemm, matmul, reshape, scale, transpose } from '../../onnx/emit.ts';
import { sizeOf } from '../../tensor/shape.ts';

import type { Rule } from '../rule-context.ts';
import { unbroadcast } from '../unbroadcast.ts';

/** Swaps the last two axes. */
export function swapLast(builder: GraphBuilder, x: string): string {
  const rank = builder.shapeOf(x).length;
  const order = Array.from({ length: rank }, (_, axis) => axis);
  [order[rank - 2], order[rank - 1]] = [rank - 1, rank - 2];
  return transpose(builder, x, order);
}

/**
 * MatMul, numpy rules: [..., m, k] x [..., k, n]; vectors count as one row or one column.
 * A right operand that is one matrix for the whole batch gets its gradient from a single product over all rows.
 */
const matMul: Rule = (context) => {
  const { builder } = context;
  const [shapeA, shapeB] = [context.shape(0), context.shape(1)];
  const fullA = shapeA.length === 1 ? [1, shapeA[0]!] : shapeA;
  const fullB = shapeB.length === 1 ? [shapeB[0]!, 1] : shapeB;
  const [rows, inner, columns] = [fullA.at(-2)!, fullA.at(-1)!, fullB.at(-1)!];
  const a = reshape(builder, context.input(0), fullA);
  const b = reshape(builder, context.input(1), fullB);
  const output = context.outputShape(0);
  const batch = output.slice(0, output.length - (shapeA.length === 1 ? 0 : 1) - (shapeB.length === 1 ? 0 : 1));
  const upstream = reshape(builder, context.upstream, [...batch, rows, columns]);
  let gradientA: string | undefined;
  let gradientB: string | undefined;
  if (fullB.length === 2) {
    const total = sizeOf(batch) * rows;
    const flat = reshape(builder, upstream, [total, columns]);
    if (context.wants(0)) gradientA = gemm(builder, flat, b, { transB: true });
    if (context.wants(1)) gradientB = gemm(builder, reshape(builder, a, [total, inner]), flat, { transA: true });
  } else {
    if (context.wants(0)) gradientA = unbroadcast(builder, matmul(builder, upstream, swapLast(builder, b)), fullA);
    if (context.wants(1)) gradientB = unbroadcast(builder, matmul(builder, swapLast(builder, a), upstream), fullB);
  }
  return [
    gradientA === undefined ? undefined : reshape(builder, gradientA, shapeA),
    gradientB === undefined ? undefined : reshape(builder, gradientB, shapeB),
  ];
};

/** Gemm: Y = alpha A' B' + beta C. */
const gemmRule: Rule = (context) => {
  const { builder, upstream } = context;
  const alpha = context.float('alpha', 1);
  const transA = context.int('transA', 0) !== 0;
  const transB = context.int('transB', 0) !== 0;
  const [a, b] = [context.input(0), context.input(1)];
  const forA = (): string =>
    transA
      ? gemm(builder, b, upstream, { transA: transB, transB: true, alpha })
      : gemm(builder, upstream, b, { transB: !transB, alpha });
  const forB = (): string =>
    transB
      ? gemm(builder, upstream, a, { transA: true, transB: transA, alpha })
      : gemm(builder, a, upstream, { transA: !transA, alpha });
  const forC = (): string => unbroadcast(builder, scale(builder, upstream, context.float('beta', 1)), context.shape(2));
  return [forA, forB, forC].map((rule, index) => (context.wants(index) ? rule() : undefined));
};

/** Rules of matrix products. */
export const LINALG_RULES = { MatMul: matMul, Gemm: gemmRule } as const satisfies Record<string, Rule>;
