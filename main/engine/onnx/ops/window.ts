/** Ops over spatial windows: convolutions, pools, Resize. */
import { resizeShape } from '../shapes/resize.ts';
import { transposedSize, windowCount } from '../shapes/window.ts';
import { autoPadOf, perAxis, spatialOf, windowAxes } from '../shapes/window-attributes.ts';
import type { NodeContext } from './context.ts';
import { shapeText } from './context.ts';
import type { AttributeSpec, OpSpec, Shape } from './spec.ts';
import { ALL, FLOATS } from './spec.ts';

/** The kernel's spatial shape; "kernel_shape", when given, must agree with the weights. */
function kernelOf(context: NodeContext, spatialRank: number): Shape {
  const weights = context.shape(1);
  const expected = `weights with ${spatialRank + 2} axes, none empty`;
  context.require(
    weights.length === spatialRank + 2 && weights.every((size) => size > 0),
    expected,
    shapeText(weights),
  );
  const kernel = weights.slice(2);
  const given = context.ints('kernel_shape');
  const agrees = !given || (given.length === kernel.length && given.every((size, axis) => size === kernel[axis]));
  context.require(agrees, `"kernel_shape" ${shapeText(kernel)}, as the weights`, shapeText(given ?? []));
  return kernel;
}

function requireBias(context: NodeContext, channels: number): void {
  if (!context.has(2)) return;
  const shape = context.shape(2);
  context.require(shape.length === 1 && shape[0] === channels, `a bias of shape [${channels}]`, shapeText(shape));
}

function requireFit(context: NodeContext, sizes: Shape): void {
  context.require(
    sizes.every((size) => size > 0),
    'a window no larger than the padded input',
    `output size ${shapeText(sizes)}`,
  );
}

/** weights [channelsOut, channelsIn / group, ...kernel]. */
function convShape(context: NodeContext): Shape[] {
  const spatial = spatialOf(context);
  const kernel = kernelOf(context, spatial.length);
  const [batch, channels] = context.shape() as [number, number];
  const [made, read] = context.shape(1) as [number, number];
  const group = context.int('group');
  context.require(
    group > 0 && read * group === channels,
    `weights that read ${channels} channels`,
    `${read} x group ${group}`,
  );
  context.require(made % group === 0, `output channels divisible by group ${group}`, String(made));
  requireBias(context, made);
  const axes = windowAxes(context, spatial, kernel);
  const sizes = spatial.map((size, axis) => windowCount(size, axes[axis]!));
  requireFit(context, sizes);
  return [[batch, made, ...sizes]];
}

/** weights [channelsIn, channelsOut / group, ...kernel]; "output_shape" or SAME decides the size, else the pads do. */
function convTransposeShape(context: NodeContext): Shape[] {
  const spatial = spatialOf(context);
  const kernel = kernelOf(context, spatial.length);
  const [batch, channels] = context.shape() as [number, number];
  const [read, made] = context.shape(1) as [number, number];
  const group = context.int('group');
  context.require(read === channels, `weights that read ${channels} channels`, String(read));
  context.require(group > 0 && channels % group === 0, `a group that divides ${channels}`, String(group));
  requireBias(context, made * group);
  const given = context.ints('output_shape');
  const outputPadding = perAxis(context, 'output_padding', spatial.length, 0, 0);
  const isSame = autoPadOf(context).startsWith('SAME');
  const axes = windowAxes(context, spatial, kernel).map((axis) =>
    isSame ? { ...axis, padBegin: 0, padEnd: 0 } : axis,
  );
  const sizes = spatial.map((size, axis) => {
    // output_shape lists the spatial axes; some exporters put batch and channels in front.
    if (given) return given[given.length - spatial.length + axis] ?? 0;
    const unpadded = transposedSize(size, axes[axis]!, outputPadding[axis]!);
    // SAME aims at input * stride by padding; onnxruntime never pads negatively, so a short kernel falls below it.
    return isSame ? Math.min(size * axes[axis]!.stride, unpadded) : unpadded;
  });
  requireFit(context, sizes);
  return [[batch, made * group, ...sizes]];
}

function poolShape(context: NodeContext): Shape[] {
  const spatial = spatialOf(context);
  const kernel = perAxis(context, 'kernel_shape', spatial.length, 0, 1);
  const axes = windowAxes(context, spatial, kernel);
  if (autoPadOf(context).startsWith('SAME') && axes.some(({ dilation }) => dilation > 1)) {
    // onnxruntime leaves the dilation out of its padding here and makes another size than the standard.
    throw context.unsupported('explicit pads with dilations', autoPadOf(context));
  }
  const isCeil = context.int('ceil_mode') === 1;
  const sizes = spatial.map((size, axis) => windowCount(size, axes[axis]!, isCeil));
  requireFit(context, sizes);
  const shape = [...context.shape().slice(0, 2), ...sizes];
  return [shape, shape];
}

function globalShape(context: NodeContext): Shape[] {
  return [[...context.shape().slice(0, 2), ...spatialOf(context).map(() => 1)]];
}

const WINDOW_ATTRIBUTES = {
  auto_pad: { type: 'string', default: 'NOTSET', values: ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'] },
  dilations: { type: 'ints' },
  pads: { type: 'ints' },
  strides: { type: 'ints' },
} as const satisfies Record<string, AttributeSpec>;
const CONV_ATTRIBUTES = {
  ...WINDOW_ATTRIBUTES,
  group: { type: 'int', default: 1 },
  kernel_shape: { type: 'ints' },
} as const satisfies Record<string, AttributeSpec>;
const POOL_ATTRIBUTES = {
  ...WINDOW_ATTRIBUTES,
  ceil_mode: { type: 'int', default: 0 },
  kernel_shape: { type: 'ints', required: true },
} as const satisfies Record<string, AttributeSpec>;
// AveragePool has dilations only since opset 19.
const { dilations: _, ...AVERAGE_POOL_ATTRIBUTES } = POOL_ATTRIBUTES;

function globalPool(attributes: OpSpec['attributes'] = {}): OpSpec {
  return { inputs: ['T'], outputs: ['T'], types: { T: FLOATS }, attributes, shape: globalShape };
}

/** Windows over [batch, channels, ...spatial]. */
export const WINDOW = {
  Conv: {
    inputs: ['T', 'T', 'T?'],
    outputs: ['T'],
    types: { T: FLOATS },
    attributes: CONV_ATTRIBUTES,
    shape: convShape,
  },
  ConvTranspose: {
    inputs: ['T', 'T', 'T?'],
    outputs: ['T'],
    types: { T: FLOATS },
    attributes: { ...CONV_ATTRIBUTES, output_padding: { type: 'ints' }, output_shape: { type: 'ints' } },
    shape: convTransposeShape,
  },
  MaxPool: {
    inputs: ['T'],
    outputs: ['T', 'int64?'],
    types: { T: [...FLOATS, 'int8', 'uint8'] },
    attributes: { ...POOL_ATTRIBUTES, storage_order: { type: 'int', default: 0 } },
    shape: poolShape,
  },
  AveragePool: {
    inputs: ['T'],
    outputs: ['T'],
    types: { T: FLOATS },
    attributes: { ...AVERAGE_POOL_ATTRIBUTES, count_include_pad: { type: 'int', default: 0 } },
    shape: poolShape,
  },
  LpPool: {
    inputs: ['T'],
    outputs: ['T'],
    types: { T: FLOATS },
    attributes: { ...POOL_ATTRIBUTES, p: { type: 'int', default: 2 } },
    shape: poolShape,
  },
  GlobalAveragePool: globalPool(),
  GlobalMaxPool: globalPool(),
  GlobalLpPool: globalPool({ p: { type: 'int', default: 2 } }),
  Resize: {
    inputs: ['T', 'R?', 'float32?', 'int64?'],
    outputs: ['T'],
    types: { T: ALL, R: FLOATS },
    attributes: {
      antialias: { type: 'int', default: 0 },
      axes: { type: 'ints' },
      coordinate_transformation_mode: {
        type: 'string',
        default: 'half_pixel',
        values: ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric', 'tf_crop_and_resize'],
      },
      cubic_coeff_a: { type: 'float', default: -0.75 },
      exclude_outside: { type: 'int', default: 0 },
      extrapolation_value: { type: 'float', default: 0 },
      keep_aspect_ratio_policy: {
        type: 'string',
        default: 'stretch',
        values: ['stretch', 'not_larger', 'not_smaller'],
      },
      mode: { type: 'string', default: 'nearest', values: ['nearest', 'linear', 'cubic'] },
      nearest_mode: {
        type: 'string',
        default: 'round_prefer_floor',
        values: ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'],
      },
    },
    shape: resizeShape,
  },
} as const satisfies Record<string, OpSpec>;
