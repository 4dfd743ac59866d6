/** Element-wise ops and values known from shapes: broadcasting, empty axes, types. */
import { float, int, ints, tensorAttribute } from '../../../main/engine/onnx/attributes.ts';
import { ELEMENT_TYPE_CODES } from '../../../main/engine/onnx/ops/element-types.ts';
import { float32, int64, scalar } from '../../../main/engine/tensor/tensor.ts';
import type { ShapeCase } from '../shape-cases.ts';

const UNARY = [
  'Abs', 'Neg', 'Sign', 'Floor', 'Ceil', 'Round', 'Reciprocal', 'Sqrt', 'Exp', 'Log', 'Sin', 'Cos', 'Tanh', 'Erf',
  'Sigmoid', 'Softplus', 'Softsign', 'Mish', 'Relu', 'HardSwish', 'LeakyRelu', 'Elu', 'Celu', 'Selu',
  'ThresholdedRelu', 'HardSigmoid', 'IsNaN', 'Identity',
]; // prettier-ignore

const BINARY = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'Sum', 'Mean'];
const COMPARISONS = ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'];

/** Pairs of shapes that broadcast, empty axes among them. */
const PAIRS = [
  [[2, 3], [2, 3]],
  [[2, 3], []],
  [[3], [2, 1]],
  [[4, 1, 3], [1, 5, 1]],
  [[0, 3], [1, 3]],
  [[1], [0]],
] as const; // prettier-ignore

export const ELEMENTWISE_CASES: readonly ShapeCase[] = [
  ...UNARY.map((op) => ({ op, about: 'keeps the shape', inputs: [[2, 3, 4]] })),
  { op: 'Relu', about: 'of a scalar', inputs: [[]] },
  { op: 'Relu', about: 'of an empty axis', inputs: [[2, 0]] },
  ...[...BINARY, ...COMPARISONS].flatMap((op) =>
    PAIRS.map(([a, b]) => ({ op, about: `broadcasts [${a.join()}] with [${b.join()}]`, inputs: [a, b] })),
  ),
  { op: 'Mod', about: 'of floats with fmod', inputs: [[2, 3], [3]], attributes: { fmod: int(1) } },
  { op: 'Mod', about: 'of int64', inputs: [['int64', [2, 3]], int64([3])] },
  {
    op: 'Equal',
    about: 'of int64',
    inputs: [
      ['int64', [2, 1]],
      ['int64', [3]],
    ],
  },
  { op: 'Pow', about: 'of float by int64 stays float', inputs: [[2], ['int64', []]] },
  { op: 'Max', about: 'of one', inputs: [[2, 3]] },
  {
    op: 'Max',
    about: 'of three',
    inputs: [
      [2, 1],
      [1, 3],
      [4, 1, 1],
    ],
  },
  ...['And', 'Or', 'Xor'].map((op) => ({
    op,
    about: 'broadcasts',
    inputs: [
      ['bool', [2, 1]],
      ['bool', [3]],
    ] as const,
  })),
  { op: 'Not', about: 'keeps the shape', inputs: [['bool', [2, 3]]] },
  { op: 'Where', about: 'broadcasts three ways', inputs: [['bool', [2, 1, 1]], [3, 1], [4]] },
  { op: 'Clip', about: 'with both limits', inputs: [[2, 3], scalar(0), scalar(6)] },
  { op: 'Clip', about: 'with the upper limit only', inputs: [[2, 3], undefined, scalar(6)] },
  {
    op: 'PRelu',
    about: 'with a slope per channel',
    inputs: [
      [2, 3, 4, 4],
      [3, 1, 1],
    ],
  },
  { op: 'Cast', about: 'to int64', inputs: [[2, 3]], attributes: { to: int(ELEMENT_TYPE_CODES.int64) } },
  { op: 'Cast', about: 'to float16', inputs: [[2]], attributes: { to: int(ELEMENT_TYPE_CODES.float16) } },
  {
    op: 'CastLike',
    about: 'to the type of the second',
    inputs: [
      [2, 3],
      ['int32', [1]],
    ],
  },
  { op: 'LeakyRelu', about: 'with alpha', inputs: [[2]], attributes: { alpha: float(0.2) } },
  { op: 'Shape', about: 'of everything', inputs: [[2, 3, 4]] },
  { op: 'Shape', about: 'from the end', inputs: [[2, 3, 4]], attributes: { start: int(-2), end: int(-1) } },
  { op: 'Shape', about: 'beyond the rank', inputs: [[2, 3, 4]], attributes: { start: int(-9), end: int(9) } },
  { op: 'Shape', about: 'with start after end', inputs: [[2, 3, 4]], attributes: { start: int(2), end: int(1) } },
  { op: 'Size', about: 'is a scalar', inputs: [[2, 3, 4]] },
  { op: 'Constant', about: 'of a tensor', inputs: [], attributes: { value: tensorAttribute(float32([1, 2], [1, 2])) } },
  { op: 'Constant', about: 'of one number', inputs: [], attributes: { value_float: float(3) } },
  { op: 'Constant', about: 'of integers', inputs: [], attributes: { value_ints: ints([3, 4]) } },
  { op: 'ConstantOfShape', about: 'is float by default', inputs: [int64([2, 0, 3])] },
  {
    op: 'ConstantOfShape',
    about: 'of an empty shape',
    inputs: [int64([])],
    attributes: { value: tensorAttribute(int64([7])) },
  },
  { op: 'Range', about: 'upwards', inputs: [int64([0], []), int64([10], []), int64([3], [])] },
  { op: 'Range', about: 'downwards', inputs: [scalar(5), scalar(0), scalar(-1.5)] },
  { op: 'Range', about: 'of nothing', inputs: [int64([4], []), int64([0], []), int64([1], [])] },
];
