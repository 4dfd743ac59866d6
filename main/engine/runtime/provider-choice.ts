/** The choice of an execution provider from probe results: plain decisions, no native code loaded. */
import { EngineError } from '../errors.ts';
import type { ProviderName } from './session.ts';

/** What a user may ask for; 'auto' takes the fastest provider that a probe accepts. */
export type DeviceChoice = 'auto' | ProviderName;

/** What a probe found. */
export interface ProbeResult {
  readonly provider: ProviderName;
  /** This build of onnxruntime can load it (DirectML, for example, only on Windows). */
  readonly supported: boolean;
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

/**
 * Order of preference: providers made for one vendor's devices before the general one. TensorRT is not among them: it
 * compiles each graph for minutes, so it is only taken when named.
 */
export const AUTO_ORDER = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const satisfies readonly ProviderName[];

/**
 * The result for a provider that does not work, also for a child process that died or hung.
 * @param found what is known to be lacking; by default everything is there and it fails all the same
 */
export function failedProbe(
  provider: ProviderName,
  reason: string,
  found: { readonly supported?: boolean; readonly available?: boolean } = {},
): ProbeResult {
  const { supported = true, available = supported } = found;
  return { provider, supported, available, working: false, differenceToCpu: undefined, stepMs: undefined, reason };
}

/**
 * Decides which provider to use.
 * @param probe runs `probeProvider` (providers.ts) where a crash harms nothing (a child process)
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
  // One after the other: probes that share the processor would not be comparable.
  for (const provider of AUTO_ORDER) probes.push(await probe(provider));
  return chooseProvider(probes);
}

/**
 * The first provider of {@link AUTO_ORDER} that works and is faster than the CPU: a Vulkan driver in software, for
 * example, works but is slower. Without any it is the CPU.
 */
export function chooseProvider(probes: readonly ProbeResult[]): ProviderDecision {
  const cpu = probes.find(({ provider }) => provider === 'cpu');
  const cpuMs = cpu?.stepMs ?? Infinity;
  const others = probes.filter(({ provider, supported }) => provider !== 'cpu' && supported);
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
