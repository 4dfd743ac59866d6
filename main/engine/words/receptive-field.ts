/** Receptive field of a feature map: which pixels can influence a position, from the geometry of the layers. */
import { EngineError } from '../errors.ts';
import { attributeOf } from '../onnx/attributes.ts';
import type { Graph, Node } from '../onnx/graph.ts';
import { topologicalOrder } from '../onnx/graph.ts';
import { inferShapes } from '../onnx/shapes.ts';
import type { Facts } from '../onnx/shapes.ts';
import { automaticPads } from '../onnx/shapes/window.ts';
import { normalizeAxis } from '../tensor/shape.ts';
import { toNumbers } from '../tensor/tensor.ts';

/** One axis: position i sees the pixels from offset + i stride up to, but not including, that + size. */
export interface AxisField {
  /** px */
  readonly size: number;
  /** px between neighbouring positions */
  readonly stride: number;
  /** First pixel position 0 sees, px; negative when it reaches into the padding. */
  readonly offset: number;
}

/** Receptive field of every position of a feature map. */
export interface ReceptiveField {
  readonly vertical: AxisField;
  readonly horizontal: AxisField;
  /** True when positions also depend on the whole image through a global branch (squeeze-and-excitation). */
  readonly hasGlobalContext: boolean;
}

/** A box in pixels of the model's input; `left + width` is the first column outside. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What is known of a value: where its rows and columns are and what they see. */
interface Tracked {
  /** Axis of the rows, axis of the columns. */
  readonly axes: readonly [number, number];
  readonly fields: readonly [AxisField, AxisField];
  readonly hasGlobalContext: boolean;
}

/** `global`: depends on the image, but no longer by position. */
type Trace = Tracked | 'global';

/**
 * Computes the receptive field of the graph's first output.
 * @param graph feature graph with static shapes, image -> features; the image is [batch, channels, height, width] or
 *   [batch, height, width, channels]
 * @throws EngineError 'cut-point' when an op breaks the link between positions and pixels
 */
export function receptiveFieldOf(graph: Graph): ReceptiveField {
  const facts = inferShapes(graph);
  const traces = new Map<string, Trace>();
  for (const { name } of graph.inputs) {
    const trace = startTrace(facts.get(name)!.shape);
    if (trace) traces.set(name, trace);
  }
  for (const node of topologicalOrder(graph)) {
    const trace = traceNode(node, traces, facts);
    if (trace) for (const output of node.outputs) if (output !== '') traces.set(output, trace);
  }
  const output = graph.outputs[0]!.name;
  const trace = traces.get(output);
  if (!trace || trace === 'global') {
    throw new EngineError(
      'cut-point',
      `The positions of "${output}" cannot be traced back to pixels; choose another cut point.`,
      { tensor: output },
    );
  }
  return { vertical: trace.fields[0], horizontal: trace.fields[1], hasGlobalContext: trace.hasGlobalContext };
}

/** Pixels a position can depend on, clipped to the image. @param imageHeight, imageWidth px of the model's input */
export function receptiveBox(
  field: ReceptiveField,
  row: number,
  column: number,
  imageHeight: number,
  imageWidth: number,
): PixelBox {
  const [top, height] = clipped(field.vertical, row, imageHeight);
  const [left, width] = clipped(field.horizontal, column, imageWidth);
  return { left, top, width, height };
}

function clipped(
  { size, stride, offset }: AxisField,
  position: number,
  limit: number,
): [start: number, length: number] {
  const first = offset + position * stride;
  const start = Math.min(Math.max(Math.floor(first), 0), limit - 1);
  return [start, Math.max(Math.min(Math.ceil(first + size), limit) - start, 1)];
}

/** The image: every position sees its own pixel. */
function startTrace(shape: readonly number[]): Tracked | undefined {
  if (shape.length !== 4) return undefined;
  const isChannelLast = shape[1]! > 4 && shape[3]! <= 4;
  const pixel: AxisField = { size: 1, stride: 1, offset: 0 };
  return { axes: isChannelLast ? [1, 2] : [2, 3], fields: [pixel, pixel], hasGlobalContext: false };
}

/** Trace of a node's outputs; undefined when they do not depend on the image. */
function traceNode(
  node: Node,
  traces: ReadonlyMap<string, Trace>,
  facts: ReadonlyMap<string, Facts>,
): Trace | undefined {
  const inputs = node.inputs.flatMap((name) => traces.get(name) ?? []);
  if (inputs.length === 0) return undefined;
  const main = traces.get(node.inputs[0]!);
  const shape = facts.get(node.inputs[0]!)?.shape ?? [];
  const result = facts.get(node.outputs.find((name) => name !== '')!)!.shape;
  if (main === undefined || main === 'global') return merged(inputs);
  switch (node.op) {
    case 'Conv':
      return mapAxes(main, (field, axis) =>
        windowed(field, node, axis, facts.get(node.inputs[1]!)!.shape[axis + 2]!, shape),
      );
    case 'MaxPool':
    case 'AveragePool':
    case 'LpPool':
      return mapAxes(main, (field, axis) =>
        windowed(field, node, axis, attributeOf(node, 'kernel_shape', 'ints')![axis]!, shape),
      );
    case 'Transpose': {
      const order = attributeOf(node, 'perm', 'ints') ?? shape.map((_, axis) => shape.length - 1 - axis);
      return { ...main, axes: [order.indexOf(main.axes[0]), order.indexOf(main.axes[1])] };
    }
    case 'Pad':
      return mapAxes(main, (field, axis) => {
        const pads = constantOf(node, 1, facts) ?? [];
        const listed = constantOf(node, 3, facts)?.map((value) => normalizeAxis(value, shape.length)) ?? [
          ...shape.keys(),
        ];
        const place = listed.indexOf(main.axes[axis]!);
        return place < 0 ? field : { ...field, offset: field.offset - (pads[place] ?? 0) * field.stride };
      });
    case 'Slice':
      return mapAxes(main, (field, axis) => sliced(field, node, main.axes[axis]!, shape, facts));
    case 'Resize':
    case 'Upsample':
      return mapAxes(main, (field, axis) => resized(field, node, shape[main.axes[axis]!]!, result[main.axes[axis]!]!));
    case 'GlobalAveragePool':
    case 'GlobalMaxPool':
      return 'global';
    default: {
      // Element by element, or along other axes: positions stay where they are as long as both axes keep their size.
      const isKept = main.axes.every((axis) => result[axis] === shape[axis]) && result.length === shape.length;
      return isKept ? merged(inputs) : 'global';
    }
  }
}

/** Union of what several inputs see. A global branch adds context, not position. */
function merged(inputs: readonly Trace[]): Trace {
  const tracked = inputs.filter((input) => input !== 'global');
  const [first, ...others] = tracked;
  if (!first) return 'global';
  const union = others.reduce(
    (left, right) => ({
      ...left,
      hasGlobalContext: left.hasGlobalContext || right.hasGlobalContext,
      fields: [unionOf(left.fields[0], right.fields[0]), unionOf(left.fields[1], right.fields[1])],
    }),
    first,
  );
  return tracked.length < inputs.length ? { ...union, hasGlobalContext: true } : union;
}

function unionOf(a: AxisField, b: AxisField): AxisField {
  const offset = Math.min(a.offset, b.offset);
  const end = Math.max(a.offset + a.size, b.offset + b.size);
  return { size: end - offset, stride: Math.max(a.stride, b.stride), offset };
}

function mapAxes(trace: Tracked, change: (field: AxisField, axis: 0 | 1) => AxisField): Tracked {
  return { ...trace, fields: [change(trace.fields[0], 0), change(trace.fields[1], 1)] };
}

/** A sliding window; windows need their input as [batch, channels, height, width]. */
function windowed(field: AxisField, node: Node, axis: 0 | 1, kernel: number, shape: readonly number[]): AxisField {
  const stride = attributeOf(node, 'strides', 'ints')?.[axis] ?? 1;
  const dilation = attributeOf(node, 'dilations', 'ints')?.[axis] ?? 1;
  const mode = attributeOf(node, 'auto_pad', 'string') ?? 'NOTSET';
  const [begin] =
    mode === 'SAME_UPPER' || mode === 'SAME_LOWER'
      ? automaticPads(mode, shape[axis + 2]!, { kernel, stride, dilation })
      : [mode === 'VALID' ? 0 : (attributeOf(node, 'pads', 'ints')?.[axis] ?? 0)];
  return {
    size: field.size + (kernel - 1) * dilation * field.stride,
    stride: field.stride * stride,
    offset: field.offset - begin * field.stride,
  };
}

function sliced(
  field: AxisField,
  node: Node,
  axis: number,
  shape: readonly number[],
  facts: ReadonlyMap<string, Facts>,
): AxisField {
  const starts = constantOf(node, 1, facts) ?? [];
  const axes = constantOf(node, 3, facts)?.map((value) => normalizeAxis(value, shape.length)) ?? [...starts.keys()];
  const place = axes.indexOf(axis);
  if (place < 0) return field;
  const start = starts[place]! < 0 ? starts[place]! + shape[axis]! : starts[place]!;
  const step = constantOf(node, 4, facts)?.[place] ?? 1;
  return { ...field, offset: field.offset + start * field.stride, stride: field.stride * step };
}

/** Finer positions; interpolation lets each of them see the neighbours, too. */
function resized(field: AxisField, node: Node, before: number, after: number): AxisField {
  const stride = (field.stride * before) / after;
  const reach = (attributeOf(node, 'mode', 'string') ?? 'nearest') === 'nearest' ? 0 : field.stride;
  return { size: field.size + 2 * reach, stride, offset: field.offset - reach };
}

function constantOf(node: Node, input: number, facts: ReadonlyMap<string, Facts>): number[] | undefined {
  const name = node.inputs[input];
  const constant = name === undefined || name === '' ? undefined : facts.get(name)?.constant;
  return constant ? toNumbers(constant) : undefined;
}
