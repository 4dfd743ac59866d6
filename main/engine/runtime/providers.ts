/** Which execution providers this machine has, whether they compute rightly, and which one to use. */
import { performance } from 'node:perf_hooks';
import { listSupportedBackends } from 'onnxruntime-node';
import { EngineError } from '../errors.ts';
import type { GraphRunner, TensorMap } from '../runner.ts';
import { createProbeStep } from './probe-step.ts';
import { createRunner } from './session.ts';
import type { ProviderName } from './session.ts';

/** What a user may ask for; 'auto' takes the fastest provider that a probe accepts. */
export type DeviceChoice = 'auto' | ProviderName;

/** A provider as the installed onnxruntime knows it. */
export interface ProviderInfo {
  readonly provider: ProviderName;
  /** This build of onnxruntime-node can load it. */
  readonly supported: boolean;
  /** Its libraries came with the npm package; CUDA and TensorRT need their own (see the guide). */
  readonly bundled: boolean;
}

/** What a probe found. */
export interface ProbeResult {
  readonly provider: ProviderName;
  /** The provider and its device are on this machine. */
  readonly available: boolean;
  /** It ran the probe step and agrees with the CPU. */
  readonly working: boolean;
  /** Largest difference to the CPU over the CPU's largest value, worst output; undefined when it did not run. */
  readonly differenceToCpu: number | undefined;
  /** Median time of one probe step in ms after warm-up; undefined when it did not run. */
  readonly stepMs: number | undefined;
  /** '' when working, otherwise one sentence. */
  readonly reason: string;
}

/** The provider to use and why, in one sentence for the user. */
export interface ProviderDecision {
  readonly provider: ProviderName;
  readonly reason: string;
  /** All probes made, in the order tried. */
  readonly probes: readonly ProbeResult[];
}

/** Order of preference: providers made for one vendor's devices before the general one. TensorRT is only taken when named. */
export const AUTO_ORDER = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const satisfies readonly ProviderName[];

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
  if (!info?.supported) return failedProbe(provider, `this build of onnxruntime has no ${provider}`, false);
  try {
    const { outputs, stepMs } = await timedStep(open(provider));
    const expected = provider === 'cpu' ? outputs : (await timedStep(open('cpu'))).outputs;
    const differenceToCpu = largestDifference(outputs, expected);
    const working = differenceToCpu <= TOLERANCE;
    const reason = working ? '' : `its results differ from the CPU by ${(100 * differenceToCpu).toPrecision(2)} %`;
    return { provider, available: true, working, differenceToCpu, stepMs, reason };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const missing = error.code === 'provider-missing';
    const reason = missing && !info.bundled ? 'its libraries are not installed' : error.details.found;
    return failedProbe(provider, reason ?? error.message, !missing);
  }
}

/** The result for a provider that could not be probed, also for a child process that died or hung. */
export function failedProbe(provider: ProviderName, reason: string, available = true): ProbeResult {
  return { provider, available, working: false, differenceToCpu: undefined, stepMs: undefined, reason };
}

/**
 * Decides which provider to use.
 * @param probe runs {@link probeProvider} where a crash harms nothing (a child process)
 * @throws EngineError 'provider-missing' or 'provider-failed' when a provider asked for by name does not work; it is
 *   never replaced by another
 */
export async function decideProvider(
  choice: DeviceChoice,
  probe: (provider: ProviderName) => Promise<ProbeResult>,
): Promise<ProviderDecision> {
  if (choice === 'cpu') return { provider: 'cpu', reason: 'cpu, as asked', probes: [] };
  if (choice !== 'auto') {
    const result = await probe(choice);
    if (result.working) return { provider: choice, reason: `${choice}, as asked`, probes: [result] };
    const code = result.available ? 'provider-failed' : 'provider-missing';
    const message = `Device "${choice}" cannot be used: ${result.reason}. Choose --device auto or cpu.`;
    throw new EngineError(code, message, { found: result.reason });
  }
  const probes: ProbeResult[] = [];
  for (const { provider, supported } of listProviders()) {
    // One after the other: probes that share the processor would not be comparable.
    if (supported && (AUTO_ORDER as readonly ProviderName[]).includes(provider)) probes.push(await probe(provider));
  }
  return chooseProvider(probes);
}

/**
 * The first provider of {@link AUTO_ORDER} that works and is faster than the CPU: a Vulkan driver in software, for
 * example, works but is slower. Without any it is the CPU.
 */
export function chooseProvider(probes: readonly ProbeResult[]): ProviderDecision {
  const cpu = probes.find(({ provider }) => provider === 'cpu');
  const cpuMs = cpu?.stepMs ?? Infinity;
  const others = probes.filter(({ provider }) => provider !== 'cpu');
  for (const provider of AUTO_ORDER) {
    const found = others.find((entry) => entry.provider === provider);
    if (!found?.working || found.stepMs === undefined || found.stepMs >= cpuMs) continue;
    const factor = Number.isFinite(cpuMs) ? `, ${(cpuMs / found.stepMs).toFixed(1)} times the speed of the CPU` : '';
    return { provider, reason: `${provider}: ${inMs(found.stepMs)} a probe step${factor}`, probes };
  }
  const reasons = others.map(({ provider, working, stepMs, reason }) =>
    working
      ? `${provider} works but is slower: ${inMs(stepMs ?? NaN)} against ${inMs(cpuMs)}`
      : `${provider}: ${reason}`,
  );
  return { provider: 'cpu', reason: ['cpu', ...reasons].join('; '), probes };
}

function inMs(duration: number): string {
  return `${duration < 10 ? duration.toFixed(1) : Math.round(duration)} ms`;
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
