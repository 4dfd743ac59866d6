/** Cases of the elementwise operators. */
import { float, int, text } from '../../../main/engine/onnx/attributes.ts';
import { float32, int64, scalar } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import type { OperatorCase } from '../single-node.ts';
import { makeInputs, one } from './make.ts';

/** Operators on each element. */
export function elementwiseCases(): OperatorCase[] {
  const { normal, positive, unit, steps, flags } = makeInputs(1);
  const anywhere = ['Abs', 'Neg', 'Sign', 'Ceil', 'Floor', 'Round', 'Exp', 'Sin', 'Cos', 'Tan', 'Atan', 'Sinh', 'Cosh'];
  const activations = [
    'Relu',
    'Sigmoid',
    'Tanh',
    'Erf',
    'Softplus',
    'Softsign',
    'HardSwish',
    'Mish',
    'Asinh',
    'Identity',
  ];
  const broadcasts: [Tensor, Tensor, string][] = [
    [normal(2, 3), normal(2, 3), 'same shape'],
    [normal(2, 3, 4), normal(3, 1), 'a missing leading axis and a 1'],
    [normal(3, 1), normal(1, 4), 'both sides stretch'],
    [normal(2, 3), scalar(0.7), 'a scalar'],
    [normal(0, 3), normal(1, 3), 'an empty axis'],
  ];
  return [
    ...[...anywhere, ...activations].map((op) => one(op, 'plain', [normal(2, 3, 4)])),
    ...['Log', 'Sqrt', 'Reciprocal'].map((op) => one(op, 'positive', [positive(2, 3)])),
    ...['Asin', 'Acos', 'Atanh'].map((op) => one(op, 'inside (-1, 1)', [unit(2, 3)])),
    one('Acosh', 'above 1', [float32([1, 1.5, 4])]),
    one('Round', 'halves go to even', [float32([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])]),
    ...['Abs', 'Sign', 'Relu'].map((op) => one(op, 'at zero', [float32([-1, 0, 1])])),
    one('Erf', 'far out', [float32([-7, -3, -1e-4, 1e-4, 3, 7])]),
    one('LeakyRelu', 'default slope', [normal(2, 3)]),
    one('LeakyRelu', 'own slope', [normal(2, 3)], { alpha: float(0.25) }),
    one('ThresholdedRelu', 'own threshold', [normal(2, 3)], { alpha: float(0.25) }),
    one('Elu', 'own alpha', [normal(2, 3)], { alpha: float(0.5) }),
    one('Celu', 'own alpha', [normal(2, 3)], { alpha: float(0.5) }),
    one('Selu', 'default constants', [normal(2, 3)]),
    one('HardSigmoid', 'default', [normal(2, 8)]),
    one('HardSigmoid', 'own line', [normal(2, 8)], { alpha: float(0.4), beta: float(0.3) }),
    one('PRelu', 'slope per channel', [normal(2, 3, 4), normal(3, 1)]),
    // Gelu entered the standard with opset 20; canonical graphs hold its composition.
    ...['none', 'tanh'].map((approximate) =>
      one('Gelu', approximate, [normal(2, 5)], { approximate: text(approximate) }, { opset: 20 }),
    ),
    one('Clip', 'both bounds', [normal(2, 5), scalar(-0.5), scalar(0.5)]),
    one('Clip', 'upper bound alone', [normal(2, 5), undefined, scalar(0.2)]),
    one('Clip', 'no bounds', [normal(2, 5)]),
    ...['Add', 'Sub', 'Mul', 'Max', 'Min', 'Sum', 'Mean'].flatMap((op) =>
      broadcasts.map(([a, b, about]) => one(op, about, [a, b])),
    ),
    ...['Max', 'Min', 'Sum', 'Mean'].map((op) => one(op, 'three operands', [normal(2, 3), normal(3), normal(2, 1)])),
    one('Div', 'broadcast', [normal(2, 3), positive(3)]),
    one('Div', 'integers truncate towards zero', [int64([7, -7, 8, -1]), int64([2, 2, -3, 2])]),
    one('Pow', 'fractional exponent', [positive(2, 3), scalar(1.7)]),
    one('Pow', 'negative base, whole exponent', [normal(2, 3), scalar(3)]),
    one('Pow', 'exponent per element', [positive(2, 3), normal(3)]),
    one('Mod', 'integers take the sign of the divisor', [int64([7, -7, 7, -7]), int64([3, 3, -3, -3])]),
    one('Mod', 'fmod takes the sign of the dividend', [float32([5.3, -5.3]), float32([2, 2])], { fmod: int(1) }),
    ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map((op) =>
      one(op, 'with ties', [steps(3, 4), steps(4)]),
    ),
    one('Equal', 'integers', [int64([1, 2, 3]), int64([1, 5, 3])]),
    ...['And', 'Or', 'Xor'].map((op) => one(op, 'broadcast', [flags(3, 4), flags(4)])),
    one('Not', 'plain', [flags(3, 4)]),
    one('Where', 'all three broadcast', [flags(3, 1), normal(1, 4), normal(2, 1, 1)]),
    one('IsNaN', 'plain', [float32([NaN, 0, Infinity])]),
    one('IsInf', 'positive alone', [float32([-Infinity, 0, Infinity])], { detect_negative: int(0) }),
    ...[0, 1].flatMap((exclusive) =>
      [0, 1].map((reverse) =>
        one('CumSum', `exclusive ${exclusive}, reverse ${reverse}`, [normal(3, 4), int64([1], [])], {
          exclusive: int(exclusive),
          reverse: int(reverse),
        }),
      ),
    ),
  ];
}
