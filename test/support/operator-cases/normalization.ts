/** Cases of the normalization operators. */
import { float, int } from '../../../main/engine/onnx/attributes.ts';
import type { OperatorCase } from '../single-node.ts';
import { makeInputs, one } from './make.ts';

/** Normalisations, softmax, dropout. */
export function normalizationCases(): OperatorCase[] {
  const { normal, positive, steps } = makeInputs(5);
  const channel = () => [positive(3), normal(3), normal(3), positive(3)];
  return [
    one('BatchNormalization', 'inference', [normal(2, 3, 4, 5), ...channel()], { epsilon: float(1e-3) }),
    one('BatchNormalization', 'inference, no spatial axes', [normal(4, 3), ...channel()]),
    one(
      'BatchNormalization',
      'training',
      [normal(2, 3, 4, 5), ...channel()],
      { training_mode: int(1), momentum: float(0.7) },
      { outputs: 3 },
    ),
    one('LayerNormalization', 'last axis', [normal(2, 3, 4), positive(4), normal(4)]),
    one(
      'LayerNormalization',
      'two axes',
      [normal(2, 3, 4), positive(3, 4), normal(3, 4)],
      { axis: int(1), epsilon: float(1e-2) },
      { outputs: 3 },
    ),
    one('LayerNormalization', 'no bias', [normal(2, 3, 4), positive(4)]),
    one('InstanceNormalization', 'plain', [normal(2, 3, 4, 5), positive(3), normal(3)], { epsilon: float(1e-3) }),
    one('GroupNormalization', 'two groups', [normal(2, 4, 3, 3), positive(2), normal(2)], { num_groups: int(2) }),
    one('LRN', 'odd size', [normal(2, 5, 3, 3)], { size: int(3), alpha: float(0.1), beta: float(0.6), bias: float(2) }),
    one('LpNormalization', 'L2', [normal(2, 3, 4)], { axis: int(1) }),
    one('LpNormalization', 'L1', [normal(2, 3, 4)], { p: int(1) }),
    ...['Softmax', 'LogSoftmax'].flatMap((op) => [
      one(op, 'last axis', [normal(2, 3, 4)]),
      one(op, 'middle axis', [normal(2, 3, 4)], { axis: int(1) }),
    ]),
    one('Hardmax', 'first of ties', [steps(2, 3, 8)]),
    one('Hardmax', 'middle axis', [normal(2, 3, 4)], { axis: int(1) }),
    one('Dropout', 'inference', [normal(2, 3)]),
  ];
}
