/** The table of gradients: total over the operations the engine supports. */
import type { Op } from '../onnx/ops.ts';
import type { Rule } from './rule-context.ts';
import { ACTIVATION_RULES } from './rules/activation.ts';
import { CONVOLUTION_RULES } from './rules/convolution.ts';
import { ELEMENTWISE_RULES } from './rules/elementwise.ts';
import { GATHER_RULES } from './rules/gather.ts';
import { LINALG_RULES } from './rules/linalg.ts';
import { MOVEMENT_RULES } from './rules/movement.ts';
import { NORMALIZATION_RULES } from './rules/normalization.ts';
import { POOLING_RULES } from './rules/pooling.ts';
import { REDUCTION_RULES } from './rules/reduction.ts';
import { RESIZE_RULES } from './rules/resize.ts';

/**
 * What the gradient of each op is:
 * a rule that emits it; 'zero' where the op is constant almost everywhere or gives no floats, so that no gradient
 * passes; 'forbidden' where one exists but is not supported, so that a path through the op is refused by name.
 */
export const RULES = {
  ...ACTIVATION_RULES,
  ...CONVOLUTION_RULES,
  ...ELEMENTWISE_RULES,
  ...GATHER_RULES,
  ...LINALG_RULES,
  ...MOVEMENT_RULES,
  ...NORMALIZATION_RULES,
  ...POOLING_RULES,
  ...REDUCTION_RULES,
  ...RESIZE_RULES,

  // Steps: constant almost everywhere.
  Sign: 'zero',
  Floor: 'zero',
  Ceil: 'zero',
  Round: 'zero',
  Hardmax: 'zero',

  // Answers, indices and shapes.
  IsNaN: 'zero',
  Not: 'zero',
  And: 'zero',
  Or: 'zero',
  Xor: 'zero',
  Equal: 'zero',
  Greater: 'zero',
  GreaterOrEqual: 'zero',
  Less: 'zero',
  LessOrEqual: 'zero',
  ArgMax: 'zero',
  ArgMin: 'zero',
  Shape: 'zero',
  Size: 'zero',
  Constant: 'zero',
  ConstantOfShape: 'zero',
  Range: 'zero',

  // Not supported on a path; nothing before them may be differentiated.
  Mod: 'forbidden',
  Einsum: 'forbidden',
  ReduceProd: 'forbidden',
  LpPool: 'forbidden',
  GlobalLpPool: 'forbidden',
  GatherND: 'forbidden',
  OneHot: 'forbidden',
  QuantizeLinear: 'forbidden',
  DequantizeLinear: 'forbidden',
} as const satisfies Record<Op, Rule | 'zero' | 'forbidden'>;
