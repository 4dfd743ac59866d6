/** Which device to compute on: probes run in the compute process, so that a broken driver harms nothing. */
import type { DeviceChoice, ProbeResult, ProviderDecision } from '../engine/runtime/providers.ts';
import type { ProviderName } from '../engine/runtime/session.ts';
import { JobError } from './errors.ts';
import type { JobQueue } from './queue.ts';

/** A probe takes some 100 ms, on software drivers seconds; longer means that the driver hangs. */
const PROBE_TIMEOUT_MS = 60_000;

/** Probes one provider in the compute process; a crash or a hang is a result. */
export async function probeInQueue(queue: JobQueue, provider: ProviderName): Promise<ProbeResult> {
  try {
    return await queue.run('probeDevice', { provider }, { timeoutMs: PROBE_TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof JobError) || error.code === 'queue-closed') throw error;
    const { failedProbe } = await import('../engine/runtime/providers.ts');
    return failedProbe(provider, error.code === 'compute-timeout' ? 'its driver hangs' : 'its driver crashed');
  }
}

/**
 * Decides which device to use.
 * @throws EngineError 'provider-missing' or 'provider-failed' when a device asked for by name does not work
 */
export async function decideDevice(queue: JobQueue, choice: DeviceChoice): Promise<ProviderDecision> {
  // Loaded when asked for: the native library behind it takes longer to load than the rest of the program.
  const { decideProvider } = await import('../engine/runtime/providers.ts');
  return decideProvider(choice, (provider) => probeInQueue(queue, provider));
}
