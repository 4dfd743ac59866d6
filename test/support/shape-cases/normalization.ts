/** Normalisations, softmaxes, matrix products, quantisation. */
import { int, text } from '../../../main/engine/onnx/attributes.ts';
import { float32, scalar, tensor, zeros } from '../../../main/engine/tensor/tensor.ts';
import type { ShapeCase } from '../shape-cases.ts';

const training = tensor('bool', [], Uint8Array.of(1));

export const NORMALIZATION_CASES: readonly ShapeCase[] = [
  { op: 'BatchNormalization', about: 'for inference', inputs: [[2, 3, 4, 4], [3], [3], [3], [3]] },
  {
    op: 'BatchNormalization',
    about: 'in training gives running statistics',
    inputs: [[2, 3, 4, 4], [3], [3], [3], [3]],
    attributes: { training_mode: int(1) },
    outputCount: 3,
  },
  { op: 'InstanceNormalization', about: 'keeps the shape', inputs: [[2, 3, 4, 4], [3], [3]] },
  { op: 'LayerNormalization', about: 'without bias', inputs: [[2, 3, 4], [4]] },
  {
    op: 'LayerNormalization',
    about: 'over two axes with statistics',
    inputs: [
      [2, 3, 4],
      [3, 4],
      [3, 4],
    ],
    attributes: { axis: int(-2) },
    outputCount: 3,
  },
  { op: 'LpNormalization', about: 'keeps the shape', inputs: [[2, 3]], attributes: { axis: int(1) } },
  { op: 'LRN', about: 'keeps the shape', inputs: [[2, 3, 4, 4]], attributes: { size: int(3) } },
  ...['Softmax', 'LogSoftmax', 'Hardmax'].map((op) => ({
    op,
    about: 'keeps the shape',
    inputs: [[2, 3, 4]],
    attributes: { axis: int(1) },
  })),
  { op: 'Dropout', about: 'for inference', inputs: [[2, 3]] },
  { op: 'Dropout', about: 'with its mask', inputs: [[2, 3], scalar(0.5), training], outputCount: 2 },
  {
    op: 'MatMul',
    about: 'of matrices',
    inputs: [
      [2, 3],
      [3, 4],
    ],
  },
  { op: 'MatMul', about: 'of vectors', inputs: [[3], [3]] },
  { op: 'MatMul', about: 'of vector and matrix', inputs: [[3], [3, 4]] },
  { op: 'MatMul', about: 'of stack and vector', inputs: [[5, 2, 3], [3]] },
  {
    op: 'MatMul',
    about: 'broadcasts stacks',
    inputs: [
      [5, 1, 2, 3],
      [4, 3, 6],
    ],
  },
  {
    op: 'MatMul',
    about: 'with an empty axis',
    inputs: [
      [0, 3],
      [3, 4],
    ],
  },
  {
    op: 'Gemm',
    about: 'plain',
    inputs: [
      [2, 3],
      [3, 4],
    ],
  },
  {
    op: 'Gemm',
    about: 'transposed, with a row of biases',
    inputs: [[3, 2], [4, 3], [4]],
    attributes: { transA: int(1), transB: int(1) },
  },
  {
    op: 'Gemm',
    about: 'with a column of biases',
    inputs: [
      [2, 3],
      [3, 4],
      [2, 1],
    ],
  },
  {
    op: 'Einsum',
    about: 'explicit',
    inputs: [
      [2, 3, 4],
      [2, 4, 5],
    ],
    attributes: { equation: text('bij,bjk->bik') },
  },
  {
    op: 'Einsum',
    about: 'implicit',
    inputs: [
      [2, 3],
      [3, 4],
    ],
    attributes: { equation: text('ij,jk') },
  },
  { op: 'QuantizeLinear', about: 'to uint8 by default', inputs: [[2, 3], scalar(0.1)] },
  { op: 'QuantizeLinear', about: 'to int8 by the zero point', inputs: [[2, 3], scalar(0.1), zeros('int8', [])] },
  {
    op: 'DequantizeLinear',
    about: 'per channel',
    inputs: [zeros('int8', [2, 3]), float32([1, 1, 1]), zeros('int8', [3])],
    attributes: { axis: int(1) },
  },
];
