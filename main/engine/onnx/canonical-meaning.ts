/** Translation rules for ops whose meaning changed, that came later, or that only matter while training. */
import { float32, tensor } from '../tensor/tensor.ts';
import type { DType, Tensor } from '../tensor/tensor.ts';
import { attributeOf, float, int, text } from './attributes.ts';
import { withAttributes, withoutAttributes } from './canonical-context.ts';
import type { CanonicalContext, Rule } from './canonical-context.ts';
import { codeOfDType, dtypeOfCode } from './element-types.ts';
import type { Attribute, Node } from './graph.ts';

const TRAINING_ADVICE = 'Export the model in evaluation mode (in PyTorch: model.eval()).';

/**
 * Softmax, LogSoftmax, Hardmax before operator set 13: over all axes from `axis` (default 1) on, taken together.
 * With one axis left that is the later meaning; else the axes are flattened and restored.
 */
const softmax: Rule = (node, context) => {
  if (context.opset >= 13) return [node];
  const axis = attributeOf(node, 'axis', 'int') ?? 1;
  const input = node.inputs[0] ?? '';
  const rank = context.rankOf(input);
  if (axis === -1 || axis + 1 === rank) return [withAttributes(node, { axis: int(-1) })];
  const [flat, soft, shape] = [`${node.name}/flat`, `${node.name}/soft`, `${node.name}/shape`].map((hint) =>
    context.fresh(hint),
  ) as [string, string, string];
  return [
    helper(context, node, 'Flatten', [input], flat, { axis: int(axis) }),
    { ...withAttributes(node, { axis: int(-1) }), inputs: [flat], outputs: [soft] },
    helper(context, node, 'Shape', [input], shape),
    helper(context, node, 'Reshape', [soft, shape], node.outputs[0] ?? ''),
  ];
};

/** Dropout passes its input on outside of training. */
const dropout: Rule = (node, context) => {
  const training = context.constantOf(node.inputs[2]);
  if ((node.inputs[2] ?? '') !== '' && !(training && Number(training.data[0]) === 0)) {
    throw context.refuse(node, `drops values at random, as in training. ${TRAINING_ADVICE}`);
  }
  if (context.isRead(node.outputs[1])) throw context.refuse(node, `has its mask read. ${TRAINING_ADVICE}`);
  return [
    { ...node, op: 'Identity', inputs: node.inputs.slice(0, 1), outputs: node.outputs.slice(0, 1), attributes: {} },
  ];
};

/** BatchNormalization: statistics it would update in training are no outputs outside of it. */
const batchNormalization: Rule = (node, context) => {
  const isTraining = (attributeOf(node, 'training_mode', 'int') ?? 0) !== 0;
  if (isTraining || node.outputs.slice(1).some((output) => context.isRead(output))) {
    throw context.refuse(node, `uses the statistics of the batch, as in training. ${TRAINING_ADVICE}`);
  }
  return [withoutAttributes({ ...node, outputs: node.outputs.slice(0, 1) }, 'training_mode')];
};

/**
 * Upsample (9) and Resize (10): positions are mapped by the scale alone. "nearest" rounds down when it enlarges and
 * up when it shrinks (onnxruntime, `upsample.cc`, nearest mode "simple").
 */
const resizeByScale: Rule = (node, context) => {
  const scales = context.constantOf(node.inputs[1]);
  const mode = attributeOf(node, 'mode', 'string') ?? 'nearest';
  const values = scales ? Array.from(scales.data as ArrayLike<number>, Number) : [];
  const shrinks = values.some((value) => value < 1);
  if (mode === 'nearest' && (!scales || (shrinks && values.some((value) => value > 1)))) {
    throw context.refuse(
      node,
      'resizes by factors that are computed or both enlarge and shrink. Export with opset 18.',
    );
  }
  const attributes: Record<string, Attribute> = {
    mode: text(mode === 'bilinear' ? 'linear' : mode),
    coordinate_transformation_mode: text('asymmetric'),
    ...(mode === 'nearest' ? { nearest_mode: text(shrinks ? 'ceil' : 'floor') } : {}),
  };
  return [{ ...node, op: 'Resize', inputs: [node.inputs[0] ?? '', '', node.inputs[1] ?? ''], attributes }];
};

/** Resize from 11 on: empty constants stand for inputs left out; modes outside of operator set 18 are refused. */
const resize: Rule = (node, context) => {
  if (context.opset < 11) return resizeByScale(node, context);
  const mode = attributeOf(node, 'coordinate_transformation_mode', 'string');
  if (mode === 'tf_half_pixel_for_nn' || mode === 'half_pixel_symmetric') {
    throw context.refuse(
      node,
      `resizes with coordinate_transformation_mode "${mode}". Export the model with opset 18.`,
    );
  }
  const inputs = node.inputs.map((name) => (context.constantOf(name)?.data.length === 0 ? '' : name));
  while (inputs.at(-1) === '') inputs.pop();
  return [{ ...node, inputs }];
};

/** AveragePool of operator set 19 may be dilated. */
const averagePool: Rule = (node, context) => {
  const dilations = attributeOf(node, 'dilations', 'ints') ?? [];
  if (dilations.some((dilation) => dilation !== 1)) throw context.refuse(node, 'averages a dilated window.');
  return [withoutAttributes(node, 'dilations')];
};

/** Cast: `saturate` concerns 8-bit floats only; widened types are cast to what they were widened to. */
const cast: Rule = (node) => {
  const code = attributeOf(node, 'to', 'int') ?? 0;
  const dtype = dtypeOfCode(code);
  const to = dtype === 'float16' ? 'float32' : dtype;
  return [withAttributes(withoutAttributes(node, 'saturate'), { to: int(to ? codeOfDType(to) : code) })];
};

/** QuantizeLinear and DequantizeLinear of operator set 21: the output type may be an attribute. */
const quantize: Rule = (node, context) => {
  if ((attributeOf(node, 'block_size', 'int') ?? 0) !== 0) {
    throw context.refuse(node, 'quantises in blocks. Export the model with one scale per tensor or per channel.');
  }
  const code = attributeOf(node, 'output_dtype', 'int') ?? 0;
  const plain = withoutAttributes(node, 'saturate', 'output_dtype', 'block_size');
  if (code === 0 || (node.inputs[2] ?? '') !== '') return [plain];
  const scale = context.constantOf(node.inputs[1]);
  const zero = scale && zeroPoint(dtypeOfCode(code), scale.shape);
  if (!zero) throw context.refuse(node, `quantises to an element type Vislex does not read (number ${code}).`);
  return [{ ...plain, inputs: [...node.inputs.slice(0, 2), context.constant(zero, `${node.name}/zero_point`)] }];
};

function zeroPoint(dtype: DType | undefined, shape: readonly number[]): Tensor | undefined {
  const length = shape.reduce((product, axis) => product * axis, 1);
  if (dtype === 'int8') return tensor('int8', shape, new Int8Array(length));
  if (dtype === 'uint8') return tensor('uint8', shape, new Uint8Array(length));
  return undefined;
}

/** Gelu (20): x / 2 (1 + erf(x / sqrt 2)), or its tanh form (Hendrycks and Gimpel 2016, section 2). */
const gelu: Rule = (node, context) => {
  const x = node.inputs[0] ?? '';
  const nodes: Node[] = [];
  const emit = (op: string, inputs: readonly string[], hint: string, output = context.fresh(hint)): string => {
    nodes.push(helper(context, node, op, inputs, output));
    return output;
  };
  const number = (value: number, hint: string): string =>
    context.constant(float32([value], []), `${node.name}/${hint}`);
  let bent: string;
  if (attributeOf(node, 'approximate', 'string') === 'tanh') {
    const cube = emit('Mul', [x, emit('Mul', [x, x], `${node.name}/square`)], `${node.name}/cube`);
    const scaled = emit('Mul', [cube, number(0.044715, 'cubic')], `${node.name}/scaled`);
    const sum = emit('Add', [x, scaled], `${node.name}/sum`);
    bent = emit('Tanh', [emit('Mul', [sum, number(Math.sqrt(2 / Math.PI), 'slope')], `${node.name}/inner`)], node.name);
  } else {
    bent = emit('Erf', [emit('Mul', [x, number(Math.SQRT1_2, 'slope')], `${node.name}/inner`)], node.name);
  }
  const gate = emit('Add', [bent, number(1, 'one')], `${node.name}/gate`);
  const half = emit('Mul', [x, number(0.5, 'half')], `${node.name}/halved`);
  emit('Mul', [half, gate], '', node.outputs[0]);
  return nodes;
};

/**
 * GroupNormalization has one scale per group in operator set 18 and one per channel in 21. Both are written out:
 * [batch, groups, rest] normalised, then [batch, channels, rest] scaled.
 */
const groupNormalization: Rule = (node, context) => {
  const groups = attributeOf(node, 'num_groups', 'int') ?? 1;
  const [x = '', scale = '', bias = ''] = node.inputs;
  const factors = context.constantOf(scale);
  const offsets = context.constantOf(bias);
  if (context.opset < 21) return [node];
  if (!factors || !offsets) throw context.refuse(node, 'computes its scale. Export the model with constant scales.');
  const name = (hint: string): string => context.fresh(`${node.name}/${hint}`);
  const [grouped, normal, wide, scaled, shifted, shape] = [
    'grouped',
    'normal',
    'wide',
    'scaled',
    'shifted',
    'shape',
  ].map(name) as [string, string, string, string, string, string];
  const column = (value: Tensor): Tensor => ({ ...value, shape: [value.data.length, 1] });
  const ones = context.constant(float32(new Float32Array(groups).fill(1)), `${node.name}/ones`);
  const zeros = context.constant(float32(new Float32Array(groups)), `${node.name}/zeros`);
  return [
    helper(context, node, 'Reshape', [x, context.integers([0, groups, -1], `${node.name}/by_group`)], grouped),
    helper(context, node, 'InstanceNormalization', [grouped, ones, zeros], normal, {
      epsilon: float(attributeOf(node, 'epsilon', 'float') ?? 1e-5),
    }),
    helper(
      context,
      node,
      'Reshape',
      [normal, context.integers([0, factors.data.length, -1], `${node.name}/by_channel`)],
      wide,
    ),
    helper(context, node, 'Mul', [wide, context.constant(column(factors), `${node.name}/factors`)], scaled),
    helper(context, node, 'Add', [scaled, context.constant(column(offsets), `${node.name}/offsets`)], shifted),
    helper(context, node, 'Shape', [x], shape),
    helper(context, node, 'Reshape', [shifted, shape], node.outputs[0] ?? ''),
  ];
};

/** A node that helps to express another one. */
function helper(
  context: CanonicalContext,
  origin: Node,
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): Node {
  return { name: context.fresh(`${origin.name}/${op}`), op, domain: '', inputs, outputs: [output], attributes };
}

/** Rules by op. */
export const MEANING_RULES = {
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  CastLike: (node) => [withoutAttributes(node, 'saturate')],
  DequantizeLinear: quantize,
  Dropout: dropout,
  Gelu: gelu,
  GroupNormalization: groupNormalization,
  Hardmax: softmax,
  LogSoftmax: softmax,
  QuantizeLinear: quantize,
  Resize: resize,
  Softmax: softmax,
  Upsample: resizeByScale,
} as const satisfies Readonly<Record<string, Rule>>;
