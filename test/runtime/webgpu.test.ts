/** The WebGPU provider on a Vulkan driver in software: every portable operation runs on it and equals the reference. */
import { describe, expect, test } from 'vitest';
import { PORTABLE_OPS } from '../../main/engine/onnx/portable-ops.ts';
import type { TensorMap } from '../../main/engine/runner.ts';
import { compareTensors } from '../support/allclose.ts';
import { runInChild } from '../support/graph-process.ts';
import type { GraphReply } from '../support/graph-process.ts';
import { operatorCases } from '../support/operator-cases/index.ts';
import { readyCase } from '../support/single-node.ts';
import type { OperatorCase } from '../support/single-node.ts';
import { prepareSoftwareVulkan } from '../support/software-vulkan.ts';

const vulkan = prepareSoftwareVulkan();
const skipped = vulkan.ready ? '' : ` (skipped: ${vulkan.reason})`;
const onSoftwareGpu = vulkan.ready ? vulkan.env : {};

/** The driver compiles every kernel on the processor: seconds on an idle machine, minutes on a busy one. */
const TIMEOUT_MS = 240_000;

/** Forms of portable operations that WebGPU lacks; emitted graphs must not use them. */
const NOT_PORTABLE: Readonly<Record<string, string>> = {
  'MaxPool: indices, with ties': 'the Indices output is an error',
  'BatchNormalization: training': 'training mode is an error',
  'Div: integers truncate towards zero': 'int64 falls back to the CPU',
  'Equal: integers': 'int64 falls back to the CPU',
  'ConvTranspose: two channels into one filter per group': 'silently wrong results (onnxruntime 1.30)',
};

/** WGSL only promises 2^-11 absolute for sin and cos (WGSL specification, "Accuracy of Built-in Functions"). */
const LOOSE: Readonly<Record<string, number>> = { Sin: 2 ** -11, Cos: 2 ** -11 };

const title = ({ op, about }: OperatorCase): string => `${op}: ${about}`;

/** The failure of a case, or the outputs that differ. */
function faultsOf(entry: OperatorCase, reply: GraphReply, expected: TensorMap): string[] {
  if ('error' in reply) return [`${title(entry)}: ${reply.error}`];
  return Object.entries(expected).flatMap(([name, value]) => {
    const tolerance = { absolute: LOOSE[entry.op] ?? 1e-4, relative: 1e-4 };
    const { close, message } = compareTensors(reply.outputs[name]!, value, tolerance);
    return close ? [] : [`${title(entry)}: ${message}`];
  });
}

describe.skipIf(!vulkan.ready)(`WebGPU${skipped}`, { timeout: TIMEOUT_MS }, () => {
  test('every portable operation runs without falling back to the CPU and equals the reference', async () => {
    const portable = new Set<string>(PORTABLE_OPS);
    const cases = Object.values(operatorCases())
      .flat()
      .filter((entry) => portable.has(entry.op) && !(title(entry) in NOT_PORTABLE));
    expect([...portable].filter((op) => !cases.some((entry) => entry.op === op))).toEqual([]);

    const ready = cases.map(readyCase);
    const replies = await runInChild(
      ready.map(({ graph, feeds }) => ({ graph, feeds, options: { provider: 'webgpu', forbidCpuFallback: true } })),
      onSoftwareGpu,
    );
    expect(cases.flatMap((entry, index) => faultsOf(entry, replies[index]!, ready[index]!.expected))).toEqual([]);
  });

  test('the forms that are not portable still fail, or the list is too strict', async () => {
    const cases = Object.values(operatorCases())
      .flat()
      .filter((entry) => title(entry) in NOT_PORTABLE);
    const replies = await runInChild(
      cases.map(readyCase).map(({ graph, feeds }) => ({
        graph,
        feeds,
        options: { provider: 'webgpu', forbidCpuFallback: true },
      })),
      onSoftwareGpu,
    );
    const stillLacking = cases.filter(
      (entry, index) => faultsOf(entry, replies[index]!, readyCase(entry).expected).length > 0,
    );
    expect(stillLacking.map(title).sort()).toEqual(Object.keys(NOT_PORTABLE).sort());
  });

  test('without a driver the provider is missing, not failing', async () => {
    const { graph, feeds } = readyCase(operatorCases()['linear']![0]!);
    const env = { VK_ICD_FILENAMES: '/no/such/driver.json', LD_LIBRARY_PATH: '' };
    const [reply] = await runInChild([{ graph, feeds, options: { provider: 'webgpu' } }], env);
    // A machine with a real GPU may find its driver all the same.
    if ('error' in reply!) expect(reply.error).toMatch(/Failed to get a WebGPU adapter.*Choose --device cpu/);
  });
});
