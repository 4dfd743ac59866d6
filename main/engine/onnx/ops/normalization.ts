/** Normalisations, softmaxes and dropout. */
import { broadcastShapes, sizeOf } from '../../tensor/shape.ts';
import type { NodeContext } from './context.ts';
import { shapeText } from './context.ts';
import { sameAsFirst } from './elementwise.ts';
import type { OpSpec, Shape } from './spec.ts';
import { FLOATS } from './spec.ts';

const EPSILON = { type: 'float', default: 1e-5 } as const;

/** Each of the inputs `from..to` holds one number per channel. */
function requirePerChannel(context: NodeContext, from: number, to: number): number {
  context.require(context.rank() >= 2, 'an input [batch, channels, ...]', shapeText(context.shape()));
  const channels = context.shape()[1]!;
  for (let index = from; index <= to; index++) {
    const shape = context.shape(index);
    context.require(
      shape.length === 1 && shape[0] === channels,
      `input ${index} of shape [${channels}], one per channel`,
      shapeText(shape),
    );
  }
  return channels;
}

function batchShape(context: NodeContext): Shape[] {
  const channels = requirePerChannel(context, 1, 4);
  const isTraining = context.int('training_mode') === 1;
  context.require(
    isTraining || context.outputCount === 1,
    'one output outside training mode',
    String(context.outputCount),
  );
  return [context.shape(), [channels], [channels]];
}

function instanceShape(context: NodeContext): Shape[] {
  requirePerChannel(context, 1, 2);
  return sameAsFirst(context);
}

/** Mean and inverse deviation keep the leading axes and have 1 in the normalised ones. */
function layerShape(context: NodeContext): Shape[] {
  const shape = context.shape();
  const first = context.axis(context.int('axis'), shape.length);
  const normalized = shape.slice(first);
  for (const index of [1, 2]) {
    if (!context.has(index)) continue;
    const common = broadcastShapes(normalized, context.shape(index));
    const fits = common !== undefined && common.length === normalized.length && sizeOf(common) === sizeOf(normalized);
    context.require(
      fits,
      `input ${index} that broadcasts to ${shapeText(normalized)}`,
      shapeText(context.shape(index)),
    );
  }
  const statistics = shape.map((size, axis) => (axis < first ? size : 1));
  return [shape, statistics, statistics];
}

function alongAxis(context: NodeContext): Shape[] {
  context.axis(context.int('axis'), context.rank());
  return sameAsFirst(context);
}

function groupShape(context: NodeContext): Shape[] {
  context.require(context.rank() >= 2, 'an input [batch, channels, ...]', shapeText(context.shape()));
  const groups = context.int('num_groups');
  const channels = context.shape()[1]!;
  context.require(groups > 0 && channels % groups === 0, `num_groups that divides ${channels}`, String(groups));
  for (const index of [1, 2]) {
    const shape = context.shape(index);
    const fits = shape.length === 1 && (shape[0] === groups || shape[0] === channels);
    context.require(fits, `input ${index} of shape [${groups}] or [${channels}]`, shapeText(shape));
  }
  return sameAsFirst(context);
}

function softmax(): OpSpec {
  return {
    inputs: ['T'],
    outputs: ['T'],
    types: { T: FLOATS },
    attributes: { axis: { type: 'int', default: -1 } },
    shape: alongAxis,
  };
}

/** Normalisation over channels, groups, layers; Softmax; Dropout. */
export const NORMALIZATION = {
  BatchNormalization: {
    inputs: ['T', 'T1', 'T1', 'T2', 'T2'],
    outputs: ['T', 'T2?', 'T2?'],
    types: { T: FLOATS, T1: FLOATS, T2: FLOATS },
    attributes: {
      epsilon: EPSILON,
      momentum: { type: 'float', default: 0.9 },
      training_mode: { type: 'int', default: 0 },
    },
    shape: batchShape,
  },
  InstanceNormalization: {
    inputs: ['T', 'T', 'T'],
    outputs: ['T'],
    types: { T: FLOATS },
    attributes: { epsilon: EPSILON },
    shape: instanceShape,
  },
  LayerNormalization: {
    inputs: ['T', 'T', 'T?'],
    outputs: ['T', 'float32?', 'float32?'],
    types: { T: FLOATS },
    attributes: {
      axis: { type: 'int', default: -1 },
      epsilon: EPSILON,
      stash_type: { type: 'int', default: 1 },
    },
    shape: layerShape,
  },
  GroupNormalization: {
    inputs: ['T', 'T', 'T'],
    outputs: ['T'],
    types: { T: FLOATS },
    attributes: {
      num_groups: { type: 'int', required: true },
      epsilon: EPSILON,
    },
    shape: groupShape,
  },
  LpNormalization: {
    inputs: ['T'],
    outputs: ['T'],
    types: { T: FLOATS },
    attributes: { axis: { type: 'int', default: -1 }, p: { type: 'int', default: 2 } },
    shape: alongAxis,
  },
  LRN: {
    inputs: ['T'],
    outputs: ['T'],
    types: { T: FLOATS },
    attributes: {
      size: { type: 'int', required: true },
      alpha: { type: 'float', default: 0.0001 },
      beta: { type: 'float', default: 0.75 },
      bias: { type: 'float', default: 1 },
    },
    shape: sameAsFirst,
  },
  Softmax: softmax(),
  LogSoftmax: softmax(),
  Hardmax: softmax(),
  Dropout: {
    inputs: ['T', 'U?', 'bool?'],
    outputs: ['T', 'bool?'],
    types: { T: FLOATS, U: FLOATS },
    attributes: { seed: { type: 'int' } },
    shape: (context) => [context.shape(), context.shape()],
  },
} as const satisfies Record<string, OpSpec>;
