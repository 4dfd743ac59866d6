/** Task: probes one execution provider; its crash costs this process only. */
import { probeProvider } from '../../engine/runtime/providers.ts';
import type { ProbeResult } from '../../engine/runtime/providers.ts';
import type { ProviderName } from '../../engine/runtime/session.ts';
import type { Task } from '../task.ts';

/** Runs the probe step on `provider` and on the CPU and compares. */
export const probeDevice: Task<{ readonly provider: ProviderName }, ProbeResult> = ({ provider }) =>
  probeProvider(provider);
