/** Stopping on request, between steps. */
import { EngineError } from '../errors.ts';

/** The part of AbortSignal the engine needs; it has no DOM or Node types. */
export interface CancelSignal {
  readonly aborted: boolean;
}

/** @throws EngineError 'cancelled' once the signal is set */
export function throwIfCancelled(signal: CancelSignal | undefined, phase: string, step?: number): void {
  if (!signal?.aborted) return;
  throw new EngineError('cancelled', 'Learning was cancelled; it can be resumed from the last checkpoint.', {
    phase,
    ...(step === undefined ? {} : { step }),
  });
}
