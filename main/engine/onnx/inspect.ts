/** What a classifier takes and gives: image input, layout, size, classes, where its logits are. */
import { EngineError } from '../errors.ts';
import type { DType } from '../tensor/tensor.ts';
import { attributeOf } from './attributes.ts';
import { consumersOf, producersOf } from './graph.ts';
import type { Dimension, Graph, Node, ValueInfo } from './graph.ts';
import { quote } from './messages.ts';
import type { Facts } from './shapes.ts';
import { inferShapes } from './shapes.ts';

/** The image input. */
export interface ImageInput {
  readonly name: string;
  /** Element type the untouched model asks for: float32, float16, float64 or uint8. */
  readonly dtype: DType;
  /** Order of axes: NCHW is [batch, channels, height, width], NHWC is [batch, height, width, channels]. */
  readonly layout: 'NCHW' | 'NHWC';
  /** 1 (grey) or 3 (RGB). */
  readonly channels: number;
  /** px; undefined when the model takes any size. */
  readonly height: number | undefined;
  readonly width: number | undefined;
  /** Number of images per run when it is fixed; undefined when any number may be given. */
  readonly batch: number | undefined;
}

/** The class output. */
export interface ClassOutput {
  readonly name: string;
  /** What the output holds. 'softmax' also covers its logarithm. */
  readonly kind: 'logits' | 'softmax' | 'sigmoid';
  /**
   * The value that holds the logits, `classCount` numbers per image: the output itself, or what the last Softmax or
   * Sigmoid reads.
   */
  readonly logits: string;
  readonly classCount: number;
}

/** A model that Vislex can explain, in two facts. */
export interface ModelInspection {
  readonly input: ImageInput;
  readonly output: ClassOutput;
}

/**
 * Finds the image input and the class output.
 * @param graph canonical
 * @param original the graph as decoded, for the element type it asks for and the names it has; default `graph`
 * @throws EngineError 'model-unsupported' saying what the model is instead: detector, segmentation, text model,
 *   no image input, several inputs, one score only
 */
export function inspectModel(graph: Graph, original: Graph = graph): ModelInspection {
  const input = inspectInput(graph, original);
  return { input, output: inspectOutput(graph, original, input) };
}

const IMAGE_DTYPES: readonly DType[] = ['float32', 'float16', 'float64', 'uint8'];

function inspectInput(graph: Graph, original: Graph): ImageInput {
  const [info, ...others] = graph.inputs;
  if (!info) throw refusal('The model has no input: it computes a constant.');
  if (others.length > 0) {
    const names = graph.inputs.map((item) => `${quote(item.name)} ${shapeText(item.shape)}`).join(', ');
    throw refusal(`The model has several inputs (${names}). Vislex explains models that look at one image at a time.`);
  }
  if (info.dtype.startsWith('int') && info.dtype !== 'int8') {
    throw refusal(
      `The input ${quote(info.name)} takes ${info.dtype} ${shapeText(info.shape)}: a model of text or of tables. Vislex explains image classifiers.`,
    );
  }
  if (!IMAGE_DTYPES.includes(info.dtype)) {
    throw refusal(`The input ${quote(info.name)} takes ${info.dtype}. Vislex gives images as float or uint8 numbers.`);
  }
  if (info.shape?.length !== 4) {
    throw refusal(
      `The input ${quote(info.name)} has the shape ${shapeText(info.shape)}. An image input has four axes: [batch, channels, height, width] or [batch, height, width, channels].`,
    );
  }
  const layout = layoutOf(graph, info);
  const [batch, ...rest] = info.shape.map((axis) => (typeof axis === 'number' ? axis : undefined));
  const [channels, height, width] = layout === 'NCHW' ? rest : [rest[2], rest[0], rest[1]];
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw refusal(
      `The input ${quote(info.name)} takes images of ${channels} channels. Vislex reads grey (1) and RGB (3) images.`,
    );
  }
  const dtype = original.inputs.find((item) => item.name === info.name)?.dtype ?? info.dtype;
  return { name: info.name, dtype, layout, channels: channels ?? 3, height, width, batch };
}

/** Ops that leave the axes where they are; the layout shows behind them. */
const AXIS_KEEPING = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Cast', 'Identity', 'Pad', 'Clip', 'QuantizeLinear', 'DequantizeLinear', 'Resize'],
]);

/** Ops that read [batch, channels, height, width] by definition. */
const CHANNEL_FIRST = new Set(['Conv', 'MaxPool', 'AveragePool', 'BatchNormalization', 'InstanceNormalization']);

/** The layout by what the first layers do with the input; by its sizes when they do not tell. */
function layoutOf(graph: Graph, input: ValueInfo): 'NCHW' | 'NHWC' {
  const consumers = consumersOf(graph);
  const pending = [input.name];
  for (const name of pending) {
    for (const index of consumers.get(name) ?? []) {
      const node = graph.nodes[index]!;
      if (CHANNEL_FIRST.has(node.op) && node.inputs[0] === name) return 'NCHW';
      if (node.op === 'Transpose') {
        const perm = attributeOf(node, 'perm', 'ints');
        if (perm?.join() === '0,3,1,2') return 'NHWC';
      }
      if (AXIS_KEEPING.has(node.op)) pending.push(...node.outputs);
    }
  }
  const isColour = (axis: Dimension | undefined): boolean => axis === 1 || axis === 3;
  if (isColour(input.shape?.[1])) return 'NCHW';
  if (isColour(input.shape?.[3])) return 'NHWC';
  throw refusal(
    `The input ${quote(input.name)} ${shapeText(input.shape)} is no image: neither axis 1 nor axis 3 holds 1 or 3 channels.`,
  );
}

/** Ops that pass every class's score on as it is, or rounded. */
const PASSING = new Set([
  ...['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Flatten', 'Reshape', 'QuantizeLinear', 'DequantizeLinear'],
]);

const KIND_OF_OP: ReadonlyMap<string, ClassOutput['kind']> = new Map<string, ClassOutput['kind']>([
  ['Softmax', 'softmax'],
  ['LogSoftmax', 'softmax'],
  ['Sigmoid', 'sigmoid'],
]);

function inspectOutput(graph: Graph, original: Graph, input: ImageInput): ClassOutput {
  const facts = trialFacts(graph, input);
  const found = graph.outputs.map((info) => classOutput(graph, original, info, facts));
  const [only] = found;
  if (only !== undefined && found.length === 1) {
    if (only instanceof EngineError) throw only;
    return only;
  }
  // Some exporters return the logits and their softmax side by side: one answer in two forms.
  const outputs = found.filter((item): item is ClassOutput => !(item instanceof EngineError));
  const plain = outputs.find((item) => item.kind === 'logits');
  if (plain && outputs.length === found.length && outputs.every((item) => item.logits === plain.logits)) return plain;
  const shapes = graph.outputs.map((info) => `${quote(info.name)} ${shapeText(shapeOf(info, facts))}`);
  const isDense = graph.outputs.some((info) => (shapeOf(info, facts)?.length ?? 0) > 2);
  const guess = isDense
    ? 'it looks like an object detector or a segmentation model'
    : 'which one holds the classes is unclear';
  throw refusal(
    `The model has ${shapes.length} outputs (${shapes.join(', ')}): ${guess}. Vislex explains image classifiers; export the model with one output, its class scores.`,
  );
}

/** The output as class scores, or why it is none. */
function classOutput(
  graph: Graph,
  original: Graph,
  info: ValueInfo,
  facts: ReadonlyMap<string, Facts>,
): ClassOutput | EngineError {
  const shape = shapeOf(info, facts);
  const name = quote(info.name);
  if (!shape)
    return refusal(`The shape of the output ${name} cannot be told before the run. Export the model with fixed sizes.`);
  const perImage = shape.length === 1 ? shape : shape.slice(1);
  const axes = perImage.filter((axis) => axis !== 1);
  if (axes.length > 1) {
    const what =
      shape.length === 4
        ? 'one score per pixel: a segmentation model'
        : 'a list per image: a detector or a sequence model';
    return refusal(
      `The output ${name} has the shape ${shapeText(shape)}, ${what}. Vislex explains image classifiers, [batch, classes].`,
    );
  }
  const classCount = axes[0] ?? 1;
  if (typeof classCount !== 'number') {
    return refusal(
      `The number of classes of the output ${name} is not fixed (${quote(classCount)}). Export the model with a fixed one.`,
    );
  }
  if (classCount < 2) {
    return refusal(
      `The output ${name} holds one score per image. Vislex needs at least two classes: export the model with one output per class.`,
    );
  }
  return { name: info.name, classCount, ...logitsOf(graph, original, info.name) };
}

/** Walks back from the output over ops that keep the scores to the Softmax or Sigmoid that made them. */
function logitsOf(graph: Graph, original: Graph, output: string): Pick<ClassOutput, 'kind' | 'logits'> {
  const producers = producersOf(graph);
  const producerOf = (name: string): Node | undefined => graph.nodes[producers.get(name) ?? -1];
  const originalNames = new Set(original.nodes.flatMap((node) => node.outputs));
  let name = output;
  for (let node = producerOf(name); node; node = producerOf(name)) {
    const kind = KIND_OF_OP.get(node.op);
    const [read = ''] = node.inputs;
    if (kind) {
      // A helper of the translation may stand before the Softmax; the untouched model does not know it.
      let logits = read;
      while (!originalNames.has(logits) && producerOf(logits)) logits = producerOf(logits)!.inputs[0] ?? '';
      return { kind, logits };
    }
    if (!PASSING.has(node.op)) break;
    name = read;
  }
  return { kind: 'logits', logits: output };
}

/** px tried for axes the model leaves open; only the number of classes is read off. */
const TRIAL_SIZE_PX = 224;

/** Shapes for one image; empty when the model refuses the trial size. */
function trialFacts(graph: Graph, input: ImageInput): ReadonlyMap<string, Facts> {
  const axes = graph.inputs[0]?.shape ?? [];
  const fixed = axes.flatMap((axis, index) =>
    typeof axis === 'string' ? [[axis, index === 0 ? 1 : TRIAL_SIZE_PX] as const] : [],
  );
  // The same symbol on the batch and another axis would be odd; the first one counts.
  try {
    return inferShapes(graph, Object.fromEntries(fixed.reverse()));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // A model that leaves its size open is checked again when the size is known.
    if (input.height === undefined || input.width === undefined) return new Map();
    throw error;
  }
}

/** What the file declares, made concrete by inference. */
function shapeOf(info: ValueInfo, facts: ReadonlyMap<string, Facts>): readonly Dimension[] | undefined {
  return facts.get(info.name)?.shape ?? info.shape;
}

function shapeText(shape: readonly Dimension[] | undefined): string {
  return shape ? `[${shape.join(', ')}]` : '(unknown shape)';
}

function refusal(message: string): EngineError {
  return new EngineError('model-unsupported', message);
}
