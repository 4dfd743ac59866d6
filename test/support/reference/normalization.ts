/** Reference normalisations and softmax. */
import { at, axisOf, forEachIndex, generate, single, withEntry } from './value.ts';
import type { Call, Operator, OperatorTable, Value } from './value.ts';

interface Moments {
  readonly mean: number;
  /** Population variance. */
  readonly variance: number;
}

/** Moments over the box that spans `axes` and stands still elsewhere. */
function momentsOver(x: Value, axes: ReadonlySet<number>, index: readonly number[]): Moments {
  const box = x.shape.map((size, axis) => (axes.has(axis) ? size : 1));
  const elements: number[] = [];
  forEachIndex(box, (offset) =>
    elements.push(
      at(
        x,
        index.map((entry, axis) => (axes.has(axis) ? offset[axis]! : entry)),
      ),
    ),
  );
  const mean = elements.reduce((sum, element) => sum + element, 0) / elements.length;
  const variance = elements.reduce((sum, element) => sum + (element - mean) ** 2, 0) / elements.length;
  return { mean, variance };
}

/** All axes but the first `count`. */
function axesFrom(x: Value, count: number): Set<number> {
  return new Set([...x.shape.keys()].slice(count));
}

/** x [batch, channels, ...]; with training_mode = 1 batch statistics, and the updated running ones as outputs 1, 2. */
function batchNormalization(call: Call): Value[] {
  const [x, scale, bias] = [call.input(0), call.input(1), call.input(2)];
  const [runningMean, runningVariance] = [call.input(3), call.input(4)];
  const epsilon = call.float('epsilon', 1e-5);
  const training = call.int('training_mode', 0) === 1;
  const momentum = call.float('momentum', 0.9);
  const allButChannel = new Set([...x.shape.keys()].filter((axis) => axis !== 1));
  const zero = x.shape.map(() => 0);
  const moments = Array.from({ length: x.shape[1] ?? 1 }, (_, channel): Moments =>
    training
      ? momentsOver(x, allButChannel, withEntry(zero, 1, channel))
      : { mean: at(runningMean, [channel]), variance: at(runningVariance, [channel]) },
  );
  const y = generate(x.dtype, x.shape, (index) => {
    const channel = index[1] ?? 0;
    const { mean, variance } = moments[channel]!;
    return ((at(x, index) - mean) / Math.sqrt(variance + epsilon)) * at(scale, [channel]) + at(bias, [channel]);
  });
  if (!training) return [y];
  const blend = (running: Value, of: (channel: Moments) => number): Value =>
    generate(
      running.dtype,
      running.shape,
      ([channel]) => at(running, [channel!]) * momentum + of(moments[channel!]!) * (1 - momentum),
    );
  return [y, blend(runningMean, ({ mean }) => mean), blend(runningVariance, ({ variance }) => variance)];
}

/** Normalises over the axes from `axis` on; outputs y, mean, 1 / standard deviation. */
function layerNormalization(call: Call): Value[] {
  const [x, scale, bias] = [call.input(0), call.input(1), call.optional(2)];
  const first = axisOf(call.int('axis', -1), x.shape.length);
  const axes = axesFrom(x, first);
  const epsilon = call.float('epsilon', 1e-5);
  const inverse = ({ variance }: Moments): number => 1 / Math.sqrt(variance + epsilon);
  const y = generate(x.dtype, x.shape, (index) => {
    const moments = momentsOver(x, axes, index);
    const normal = (at(x, index) - moments.mean) * inverse(moments);
    return normal * trailingAt(scale, index) + (bias ? trailingAt(bias, index) : 0);
  });
  const statistics = x.shape.map((size, axis) => (axes.has(axis) ? 1 : size));
  return [
    y,
    generate(x.dtype, statistics, (index) => momentsOver(x, axes, index).mean),
    generate(x.dtype, statistics, (index) => inverse(momentsOver(x, axes, index))),
  ];
}

/** Broadcast read from the right. */
function trailingAt(source: Value, index: readonly number[]): number {
  const own = index.slice(index.length - source.shape.length);
  return at(
    source,
    own.map((entry, axis) => (source.shape[axis] === 1 ? 0 : entry)),
  );
}

function instanceNormalization(call: Call): Value {
  const [x, scale, bias] = [call.input(0), call.input(1), call.input(2)];
  const axes = axesFrom(x, 2);
  return generate(x.dtype, x.shape, (index) => {
    const { mean, variance } = momentsOver(x, axes, index);
    const normal = (at(x, index) - mean) / Math.sqrt(variance + call.float('epsilon', 1e-5));
    return normal * at(scale, [index[1]!]) + at(bias, [index[1]!]);
  });
}

/** Moments per image and group of channels; scale and bias per group (opset 18) or per channel (21). */
function groupNormalization(call: Call): Value {
  const [x, scale, bias] = [call.input(0), call.input(1), call.input(2)];
  const groups = call.int('num_groups', 1);
  const channels = x.shape[1]!;
  const size = channels / groups;
  const perGroup = scale.shape[0] === groups && groups !== channels;
  return generate(x.dtype, x.shape, (index) => {
    const group = Math.floor(index[1]! / size);
    const elements: number[] = [];
    forEachIndex([size, ...x.shape.slice(2)], ([channel, ...position]) =>
      elements.push(at(x, [index[0]!, group * size + channel!, ...position])),
    );
    const mean = elements.reduce((sum, element) => sum + element, 0) / elements.length;
    const variance = elements.reduce((sum, element) => sum + (element - mean) ** 2, 0) / elements.length;
    const parameter = [perGroup ? group : index[1]!];
    const normal = (at(x, index) - mean) / Math.sqrt(variance + call.float('epsilon', 1e-5));
    return normal * at(scale, parameter) + at(bias, parameter);
  });
}

/** Each element over a power of the energy of its neighbouring channels (Krizhevsky et al. 2012, section 3.3). */
function localResponseNormalization(call: Call): Value {
  const x = call.input(0);
  const size = call.int('size', 1);
  return generate(x.dtype, x.shape, (index) => {
    const first = Math.max(0, index[1]! - Math.floor((size - 1) / 2));
    const last = Math.min(x.shape[1]! - 1, index[1]! + Math.ceil((size - 1) / 2));
    let energy = 0;
    for (let channel = first; channel <= last; channel++) energy += at(x, withEntry(index, 1, channel)) ** 2;
    const scale = call.float('bias', 1) + (call.float('alpha', 0.0001) / size) * energy;
    return at(x, index) / scale ** call.float('beta', 0.75);
  });
}

function lpNormalization(call: Call): Value {
  const x = call.input(0);
  const axis = axisOf(call.int('axis', -1), x.shape.length);
  const power = call.int('p', 2);
  return generate(x.dtype, x.shape, (index) => {
    let total = 0;
    for (let position = 0; position < x.shape[axis]!; position++) {
      total += Math.abs(at(x, withEntry(index, axis, position))) ** power;
    }
    return at(x, index) / total ** (1 / power);
  });
}

/** exp(x - max) / sum along an axis (opset 13: one axis, default the last), or its logarithm. */
function softmax(finish: (shifted: number, total: number) => number): Operator {
  return (call) => {
    const x = call.input(0);
    const axis = axisOf(call.int('axis', -1), x.shape.length);
    return generate(x.dtype, x.shape, (index) => {
      const lane = Array.from({ length: x.shape[axis]! }, (_, position) => at(x, withEntry(index, axis, position)));
      const top = Math.max(...lane);
      const total = lane.reduce((sum, element) => sum + Math.exp(element - top), 0);
      return finish(at(x, index) - top, total);
    });
  };
}

/** One at the first largest element along an axis, zero elsewhere. */
function hardmax(call: Call): Value {
  const x = call.input(0);
  const axis = axisOf(call.int('axis', -1), x.shape.length);
  return generate(x.dtype, x.shape, (index) => {
    const lane = Array.from({ length: x.shape[axis]! }, (_, position) => at(x, withEntry(index, axis, position)));
    return Number(lane.indexOf(Math.max(...lane)) === index[axis]);
  });
}

/** Inference form: the identity, and a mask of ones. */
function dropout(call: Call): Value[] {
  const x = call.input(0);
  const training = call.optional(2);
  if (training && single(training) !== 0) throw new Error('Dropout in training mode is random: no reference');
  return [x, generate('bool', x.shape, () => 1)];
}

/** Operators of this family. */
export const NORMALIZATION: OperatorTable = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LRN: localResponseNormalization,
  LpNormalization: lpNormalization,
  Softmax: softmax((shifted, total) => Math.exp(shifted) / total),
  LogSoftmax: softmax((shifted, total) => shifted - Math.log(total)),
  Hardmax: hardmax,
  Dropout: dropout,
};
