/** Tells what this machine can do: versions, cores, memory, execution providers. */
import { availableParallelism, totalmem } from 'node:os';
import { decideDevice } from '../jobs/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import type { DoctorReport, ProviderLine } from './services.ts';

/** Probes every provider in the compute process, one after the other. */
export async function examine(context: ServiceContext, hooks: Hooks): Promise<DoctorReport> {
  hooks.signal?.throwIfAborted();
  const decision = await decideDevice(context.jobs, 'auto');
  const { node, v8, napi = 'unknown' } = process.versions;
  return {
    appVersion: context.appVersion,
    node,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    versions: { v8, 'node-api': napi },
    ...describeDecision(decision),
  };
}

/** Providers as probed, and the choice. */
export function describeDecision(
  decision: Awaited<ReturnType<typeof decideDevice>>,
): Pick<DoctorReport, 'chosen' | 'reason'> & { readonly providers: ProviderLine[] } {
  return {
    providers: decision.probes.map((probe) => ({
      provider: probe.provider,
      available: probe.available,
      working: probe.working,
      stepMs: probe.stepMs ?? null,
      differenceToCpu: probe.differenceToCpu ?? null,
      reason: probe.reason === '' ? null : probe.reason,
    })),
    chosen: decision.provider,
    reason: decision.reason,
  };
}
