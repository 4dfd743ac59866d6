/** Operations that run on the device itself on both the CPU and the WebGPU provider of onnxruntime. */
import type { Op } from './ops.ts';

/**
 * What generated training, head and gradient graphs may consist of. Each entry is run on both providers by a test.
 * Not here, though tempting: MaxPool with Indices (an error on WebGPU), ScatterElements, Loop, Sign, LogSoftmax,
 * Equal and Reshape on int64 data (WebGPU hands them to the CPU, with two copies each).
 */
export const PORTABLE_OPS = [
  'Abs',
  'Add',
  'AveragePool',
  'BatchNormalization',
  'Cast',
  'Clip',
  'Concat',
  'Conv',
  'ConvTranspose',
  'Cos',
  'DepthToSpace',
  'Div',
  'Equal',
  'Erf',
  'Exp',
  'Expand',
  'Flatten',
  'Gather',
  'Gemm',
  'GlobalAveragePool',
  'Greater',
  'Identity',
  'Less',
  'Log',
  'MatMul',
  'Max',
  'MaxPool',
  'Min',
  'Mul',
  'Neg',
  'Pad',
  'Pow',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceSum',
  'Relu',
  'Reshape',
  'Sigmoid',
  'Sin',
  'Slice',
  'Softmax',
  'Sqrt',
  'Squeeze',
  'Sub',
  'Tanh',
  'Transpose',
  'Unsqueeze',
  'Where',
] as const satisfies readonly Op[];

/** An operation of {@link PORTABLE_OPS}. */
export type PortableOp = (typeof PORTABLE_OPS)[number];
