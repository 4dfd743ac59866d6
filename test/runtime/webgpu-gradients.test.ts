/** Gradient graphs of portable operations run on WebGPU (a Vulkan driver in software) and equal the reference. */
import { beforeAll, describe, expect, test } from 'vitest';
import { gradient, gradientName } from '../../main/engine/autodiff/index.ts';
import type { Graph } from '../../main/engine/onnx/graph.ts';
import { PORTABLE_OPS } from '../../main/engine/onnx/portable-ops.ts';
import type { TensorMap } from '../../main/engine/runner.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { sizeOf } from '../../main/engine/tensor/shape.ts';
import { float32 } from '../../main/engine/tensor/tensor.ts';
import { compareTensors } from '../support/allclose.ts';
import { runInChild } from '../support/graph-process.ts';
import type { GraphReply } from '../support/graph-process.ts';
import { operatorCases } from '../support/operator-cases/index.ts';
import { evaluateGraph } from '../support/reference-runner.ts';
import { readyCase } from '../support/single-node.ts';
import type { OperatorCase } from '../support/single-node.ts';
import { prepareSoftwareVulkan } from '../support/software-vulkan.ts';

const vulkan = prepareSoftwareVulkan();
const skipped = vulkan.ready ? '' : ` (skipped: ${vulkan.reason})`;

/** The driver compiles every kernel on the processor: seconds on an idle machine, minutes on a busy one. */
const TIMEOUT_MS = 240_000;

/** Families whose gradients differ by attributes take all their cases; of the others one case per operation is enough. */
const EVERY_CASE = new Set(['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool']);

/** Gradients that WebGPU cannot compute (onnxruntime 1.30); on it the base model must not need them. */
const NOT_ON_WEBGPU: Readonly<Record<string, string>> = {
  'Conv: depthwise with multiplier 2':
    'ConvTranspose with one filter and an even number of channels per group is wrong',
  'Conv: three spatial axes': 'ConvTranspose takes at most two spatial axes',
};

/** Gradients that are right but take a step on the CPU. */
const PARTLY_ON_CPU: Readonly<Record<string, string>> = {
  'Gather: first axis, negative index': 'Cast of int64 indices',
};

const PORTABLE = new Set<string>(PORTABLE_OPS);

interface GradientCase {
  readonly title: string;
  readonly graph: Graph;
  readonly feeds: TensorMap;
}

/** Cases with a floating output of at least one element, computed from a floating input. */
function isDifferentiable({ graph, feeds }: { readonly graph: Graph; readonly feeds: TensorMap }): boolean {
  const [output] = graph.outputs;
  const isFilled = sizeOf(output!.shape as readonly number[]) > 0;
  return output!.dtype === 'float32' && isFilled && Object.values(feeds).some(({ dtype }) => dtype === 'float32');
}

function gradientCase(entry: OperatorCase): GradientCase[] {
  const ready = readyCase(entry);
  if (!isDifferentiable(ready)) return [];
  const wrt = ready.graph.inputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
  const graph = gradient(ready.graph, { loss: 'y0', wrt, upstream: 'upstream' });
  const random = createRandom(3);
  const shape = ready.graph.outputs[0]!.shape as readonly number[];
  const upstream = float32(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    shape,
  );
  // The forward result is not asked for: another test has it.
  const outputs = graph.outputs.filter(({ name }) => wrt.some((input) => name === gradientName(input)));
  return [{ title: `${entry.op}: ${entry.about}`, graph: { ...graph, outputs }, feeds: { ...ready.feeds, upstream } }];
}

function gradientCases(): GradientCase[] {
  const seen = new Set<string>();
  return Object.values(operatorCases())
    .flat()
    .filter(({ op, outputCount }) => PORTABLE.has(op) && outputCount === 1)
    .flatMap((entry) => {
      if (seen.has(entry.op) && !EVERY_CASE.has(entry.op)) return [];
      const found = gradientCase(entry);
      if (found.length > 0) seen.add(entry.op);
      return found;
    });
}

describe('gradient graphs', () => {
  const cases = gradientCases();

  test('consist of portable operations', () => {
    const foreign = cases.flatMap(({ title, graph }) =>
      graph.nodes.filter(({ op }) => !PORTABLE.has(op)).map(({ op }) => `${title}: ${op}`),
    );
    expect(foreign).toEqual([]);
  });

  describe.skipIf(!vulkan.ready)(`on WebGPU${skipped}`, () => {
    const computable = cases.filter(({ title }) => !(title in NOT_ON_WEBGPU));
    let replies: readonly GraphReply[] = [];
    beforeAll(async () => {
      const requests = computable.map(({ title, graph, feeds }) => ({
        graph,
        feeds,
        options: { provider: 'webgpu', forbidCpuFallback: !(title in PARTLY_ON_CPU) } as const,
      }));
      replies = await runInChild(requests, vulkan.ready ? vulkan.env : {});
    }, TIMEOUT_MS);

    test.each(computable.map((entry, index) => [entry.title, entry, index] as const))(
      '%s',
      (_, { graph, feeds }, index) => {
        const reply = replies[index]!;
        if ('error' in reply) throw new Error(reply.error);
        for (const [name, expected] of Object.entries(evaluateGraph(graph, feeds))) {
          const { close, message } = compareTensors(reply.outputs[name]!, expected, { absolute: 1e-3, relative: 1e-3 });
          expect(close, `${name}: ${message}`).toBe(true);
        }
      },
    );
  });
});
