/** Which execution providers this machine has and whether they compute rightly. */
import { performance } from 'node:perf_hooks';
import { listSupportedBackends } from 'onnxruntime-node';
import { EngineError } from '../errors.ts';
import type { GraphRunner, TensorMap } from '../runner.ts';
import { createProbeStep } from './probe-step.ts';
import { failedProbe } from './provider-choice.ts';
import type { ProbeResult } from './provider-choice.ts';
import { createRunner } from './session.ts';
import type { ProviderName } from './session.ts';

export { AUTO_ORDER, chooseProvider, decideProvider, failedProbe } from './provider-choice.ts';
export type { DeviceChoice, ProbeResult, ProviderDecision } from './provider-choice.ts';

/** A provider as the installed onnxruntime knows it. */
export interface ProviderInfo {
  readonly provider: ProviderName;
  /** This build of onnxruntime-node can load it. */
  readonly supported: boolean;
  /** Its libraries came with the npm package; CUDA and TensorRT need their own (see the guide). */
  readonly bundled: boolean;
}

const ALL_PROVIDERS = ['cpu', 'webgpu', 'cuda', 'tensorrt', 'dml', 'coreml'] as const satisfies readonly ProviderName[];

/**
 * Above this relative difference a provider is wrong, not imprecise: TF32 matrix products (the default on recent NVIDIA
 * devices) keep 10 bits of mantissa, about 1e-3.
 */
const TOLERANCE = 5e-3;

/** Runs that are timed, after one that compiles the kernels; fewer when they take longer than the limit together. */
const TIMED_RUNS = 3;
const TIMING_LIMIT_MS = 500;

/** Every provider the program knows, supported here or not. Cheap: nothing is opened. */
export function listProviders(): readonly ProviderInfo[] {
  const backends = listSupportedBackends();
  return ALL_PROVIDERS.map((provider) => {
    const found = backends.find(({ name }) => name === provider);
    return { provider, supported: found !== undefined, bundled: found?.bundled ?? false };
  });
}

/**
 * Runs a small training-like step on a provider and on the CPU and compares.
 *
 * Run it in a child process: a broken driver can abort the process, which the caller reports with {@link failedProbe}.
 * It never throws for what a provider does; it blocks its thread for some 100 ms (software drivers: seconds).
 * @param open opens a provider; tests hand in one that misbehaves
 */
export async function probeProvider(
  provider: ProviderName,
  open: (provider: ProviderName) => GraphRunner = (name) => createRunner({ provider: name }),
): Promise<ProbeResult> {
  const info = listProviders().find((entry) => entry.provider === provider);
  if (!info?.supported) {
    return failedProbe(provider, `this build of onnxruntime has no ${provider}`, { supported: false });
  }
  try {
    const { outputs, stepMs } = await timedStep(open(provider));
    const expected = provider === 'cpu' ? outputs : (await timedStep(open('cpu'))).outputs;
    const differenceToCpu = largestDifference(outputs, expected);
    const working = differenceToCpu <= TOLERANCE;
    const reason = working ? '' : `its results differ from the CPU by ${(100 * differenceToCpu).toPrecision(2)} %`;
    return { provider, supported: true, available: true, working, differenceToCpu, stepMs, reason };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const missing = error.code === 'provider-missing';
    const reason = missing && !info.bundled ? 'its libraries are not installed' : error.details.found;
    return failedProbe(provider, reason ?? error.message, { available: !missing });
  }
}

/** Outputs of the probe step and its median time. */
async function timedStep(runner: GraphRunner): Promise<{ outputs: TensorMap; stepMs: number }> {
  const { graph, inputs } = createProbeStep();
  const session = await runner.open(graph);
  try {
    const outputs = await session.run(inputs);
    const times: number[] = [];
    let total = 0;
    while (times.length < TIMED_RUNS && total < TIMING_LIMIT_MS) {
      const started = performance.now();
      await session.run(inputs);
      times.push(performance.now() - started);
      total += times.at(-1)!;
    }
    times.sort((a, b) => a - b);
    return { outputs, stepMs: times[Math.floor(times.length / 2)]! };
  } finally {
    await session.dispose();
  }
}

/** Infinity when anything is not finite or missing. */
function largestDifference(actual: TensorMap, expected: TensorMap): number {
  const differences = Object.entries(expected).map(([name, { data }]) => {
    const found = actual[name]?.data;
    let [largest, gap] = [0, 0];
    for (let index = 0; index < data.length; index++) {
      const difference = Math.abs(Number(found?.[index]) - Number(data[index]));
      gap = Number.isNaN(difference) ? Infinity : Math.max(gap, difference);
      largest = Math.max(largest, Math.abs(Number(data[index])));
    }
    return gap / largest;
  });
  return Math.max(...differences);
}
