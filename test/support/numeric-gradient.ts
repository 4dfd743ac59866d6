/** Checks emitted gradients against central differences in float64, and their float32 run on onnxruntime against both. */
import { expect } from 'vitest';
import { gradient, gradientName } from '../../main/engine/autodiff/index.ts';
import { GraphBuilder } from '../../main/engine/onnx/build.ts';
import type { Attribute, Graph } from '../../main/engine/onnx/graph.ts';
import { PORTABLE_OPS } from '../../main/engine/onnx/portable-ops.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import type { TensorMap } from '../../main/engine/runner.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { sizeOf } from '../../main/engine/tensor/shape.ts';
import type { Tensor } from '../../main/engine/tensor/tensor.ts';
import { float32, tensor } from '../../main/engine/tensor/tensor.ts';
import { expectAllclose } from './allclose.ts';
import { evaluateGraph } from './reference-runner.ts';

/** What to check. */
export interface GradientCheck {
  /** Float inputs to differentiate for; default: every float32 input. */
  readonly wrt?: readonly string[];
  /** Output to differentiate, of any shape; default the first. A seeded random upstream gradient is used. */
  readonly loss?: string;
  /** Allowed difference from the central differences, absolute and relative; default 1e-6. */
  readonly tolerance?: number;
  /** Allowed difference of the float32 run on onnxruntime from float64; default 2e-5. */
  readonly nativeTolerance?: number;
  /** False where onnxruntime cannot run the graph itself; the gradients are then only evaluated in float64. */
  readonly native?: boolean;
}

/** Step of the central differences; their error is about step^2 + 1e-16 / step. */
const STEP = 1e-5;

/**
 * Asserts, for a graph at one point:
 * the emitted gradient equals the central difference of sum(upstream * loss) in float64;
 * onnxruntime's CPU provider runs the emitted graph in float32 to the same values;
 * every emitted node is in PORTABLE_OPS.
 * @param inputs float inputs as float32 tensors (so that both precisions see the same numbers)
 * @returns the gradients in float64, by input name
 */
export async function checkGradient(
  graph: Graph,
  inputs: TensorMap,
  options: GradientCheck = {},
): Promise<Record<string, Tensor>> {
  const { tolerance = 1e-6, nativeTolerance = 2e-5 } = options;
  const loss = options.loss ?? graph.outputs[0]!.name;
  const wrt = options.wrt ?? graph.inputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
  const emitted = gradient(graph, { loss, wrt, upstream: 'upstream' });
  expectPortable(graph, emitted);

  const value = evaluateGraph(graph, inputs, [loss])[loss]!;
  const upstream = spreadValues(value.shape, { seed: 99 });
  const names = wrt.map(gradientName);
  const found = evaluateGraph(emitted, { ...inputs, upstream }, names);
  const project = (at: TensorMap): number => {
    const { data } = evaluateGraph(graph, at, [loss])[loss]!;
    return Array.from(data as Float64Array).reduce((sum, y, index) => sum + y * upstream.data[index]!, 0);
  };
  const gradients: Record<string, Tensor> = {};
  for (const name of wrt) {
    const expected = centralDifference(project, inputs, name);
    gradients[name] = found[gradientName(name)]!;
    expectAllclose(gradients[name], expected, { absolute: tolerance, relative: tolerance });
  }
  if (options.native !== false) await expectNativeAgrees(emitted, { ...inputs, upstream }, found, nativeTolerance);
  return gradients;
}

function centralDifference(project: (at: TensorMap) => number, inputs: TensorMap, name: string): Tensor {
  const given = inputs[name]!;
  const point = Float64Array.from(given.data as Float32Array);
  const slopes = new Float64Array(point.length);
  point.forEach((center, index) => {
    const at = (shifted: number): number => {
      const moved = point.slice();
      moved[index] = shifted;
      return project({ ...inputs, [name]: tensor('float64', given.shape, moved) });
    };
    slopes[index] = (at(center + STEP) - at(center - STEP)) / (2 * STEP);
  });
  return tensor('float64', given.shape, slopes);
}

async function expectNativeAgrees(
  graph: Graph,
  inputs: TensorMap,
  expected: TensorMap,
  tolerance: number,
): Promise<void> {
  const session = await createRunner({ provider: 'cpu', threads: 1 }).open(graph);
  try {
    const outputs = await session.run(inputs, Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) {
      expectAllclose(outputs[name]!, value, { absolute: tolerance, relative: tolerance });
    }
  } finally {
    await session.dispose();
  }
}

/** Asserts that what a gradient adds to a graph consists of portable ops. */
export function expectPortable(graph: Graph, emitted: Graph): void {
  const given = new Set(graph.nodes.flatMap((node) => node.outputs));
  const portable: ReadonlySet<string> = new Set(PORTABLE_OPS);
  const added = emitted.nodes.filter((node) => !node.outputs.some((output) => given.has(output)));
  expect(added.map(({ op }) => op).filter((op) => !portable.has(op))).toEqual([]);
}

/** An operand of {@link opGraph}: a variable with its value, a constant, or '' for an omitted one. */
export type Operand = { readonly variable: Tensor<'float32'> } | { readonly constant: Tensor } | '';

/** A variable operand. */
export function variable(value: Tensor<'float32'>): Operand {
  return { variable: value };
}

/** A constant operand. */
export function constant(value: Tensor): Operand {
  return { constant: value };
}

/** A graph of one node and the values of its variable operands, named x0, x1, ... by position; output y. */
export interface OpGraph {
  readonly graph: Graph;
  readonly inputs: Record<string, Tensor>;
}

/** Builds a graph of one node. `outputCount` outputs are made, the first is the graph's output y. */
export function opGraph(
  op: string,
  operands: readonly Operand[],
  attributes: Readonly<Record<string, Attribute>> = {},
  outputCount = 1,
): OpGraph {
  const builder = new GraphBuilder({ name: op });
  const inputs: Record<string, Tensor> = {};
  const names = operands.map((operand, index) => {
    if (operand === '') return '';
    if ('constant' in operand) return builder.constant(operand.constant);
    const name = `x${index}`;
    inputs[name] = operand.variable;
    return builder.input(name, operand.variable.dtype, operand.variable.shape);
  });
  builder.output(builder.ops(op, names, attributes, outputCount)[0]!, 'y');
  return { graph: builder.build(), inputs };
}

/** Builds a graph of one node, checks its gradient as {@link checkGradient} does, and gives the gradients in float64. */
export async function checkedGradients(
  op: string,
  operands: readonly Operand[],
  attributes: Readonly<Record<string, Attribute>> = {},
  options: GradientCheck & { readonly outputCount?: number } = {},
): Promise<Record<string, Tensor>> {
  const { graph, inputs } = opGraph(op, operands, attributes, options.outputCount);
  return checkGradient(graph, inputs, options);
}

/** The same check for a test that needs no gradients. */
export async function checkOp(...given: Parameters<typeof checkedGradients>): Promise<void> {
  await checkedGradients(...given);
}

/**
 * Distinct values spread evenly over an interval in shuffled order: no ties, none near 0 or another round number,
 * so that kinks of a function are met only where a test wants them.
 * @param options.low, @param options.high default -2 and 2
 */
export function spreadValues(
  shape: readonly number[],
  options: { readonly low?: number; readonly high?: number; readonly seed?: number } = {},
): Tensor<'float32'> {
  const { low = -2, high = 2, seed = 1 } = options;
  const count = sizeOf(shape);
  const values = Array.from({ length: count }, (_, index) => low + ((high - low) * (index + 0.317)) / count);
  return float32(createRandom(seed).shuffle(values), shape);
}

/** A variable operand of spread values. */
export function spread(shape: readonly number[], options: Parameters<typeof spreadValues>[1] = {}): Operand {
  return variable(spreadValues(shape, options));
}
