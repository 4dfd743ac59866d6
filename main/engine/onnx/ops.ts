/** The table of supported operations: arity, element types, attributes, shape rule, folding. Canonical opset 18. */
import { ELEMENTWISE } from './ops/elementwise.ts';
import { LAYOUT } from './ops/layout.ts';
import { LINEAR } from './ops/linear.ts';
import { NORMALIZATION } from './ops/normalization.ts';
import { QUANTIZATION } from './ops/quantization.ts';
import { REDUCTION } from './ops/reduction.ts';
import { SELECTION } from './ops/selection.ts';
import { SHAPE_COMPUTATION } from './ops/shape-computation.ts';
import type { OpSpec } from './ops/spec.ts';
import { WINDOW } from './ops/window.ts';

/** Every supported operation of the standard domain. */
export const OPS = {
  ...ELEMENTWISE,
  ...LAYOUT,
  ...LINEAR,
  ...NORMALIZATION,
  ...QUANTIZATION,
  ...REDUCTION,
  ...SELECTION,
  ...SHAPE_COMPUTATION,
  ...WINDOW,
} as const satisfies Record<string, OpSpec>;

/** Name of a supported operation. */
export type Op = keyof typeof OPS;

/** True when the op table knows the operation. */
export function isSupportedOp(op: string): op is Op {
  return Object.hasOwn(OPS, op);
}

/** The table's entry, or undefined when the operation is not supported. */
export function specOf(op: string): OpSpec | undefined {
  return isSupportedOp(op) ? OPS[op] : undefined;
}
