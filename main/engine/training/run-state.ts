/** The state of a learning run between two epochs, and its form in a checkpoint. */
import { InvariantError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { PushedPatch } from '../words/patch.ts';
import type { Push } from '../words/push.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import type { HistoryEntry } from './learn-types.ts';
import type { Parameters } from './parameters.ts';
import type { PhaseState } from './trainer.ts';

/**
 * Everything needed to go on. Random numbers need no state: every phase and epoch draws from its own fork of the seed
 * (phase index, epoch), so the position in the schedule is the position in the stream.
 */
export interface RunState {
  /** Index of the phase that comes next or is under way; the number of phases when all are done. */
  readonly phaseIndex: number;
  /** Set while a phase is under way. */
  readonly phase: PhaseState | undefined;
  /** Parameters at the beginning of the phase. */
  readonly parameters: Parameters;
  /** Where the words are, once they are patches. */
  readonly push: Pick<Push, 'patches' | 'patchFeatures'> | undefined;
  readonly history: readonly HistoryEntry[];
  /** Steps of all phases together. */
  readonly step: number;
  readonly l2: number | undefined;
  /** Epoch over all phases whose parameters were kept last. */
  readonly keptEpoch: number;
}

/** The part that is plain JSON. */
interface Plain {
  readonly phaseIndex: number;
  readonly phase: {
    readonly epoch: number;
    readonly step: number;
    readonly best: { epoch: number; loss: number } | null;
  } | null;
  readonly patches: readonly PushedPatch[] | null;
  readonly history: readonly HistoryEntry[];
  readonly step: number;
  readonly l2: number | null;
  readonly keptEpoch: number;
}

/** Bytes of a state. @param fingerprint of the run's options */
export function encodeRun(fingerprint: string, run: RunState): Uint8Array {
  const { phase, push } = run;
  const best = phase?.best;
  const data: Plain = {
    phaseIndex: run.phaseIndex,
    phase: phase
      ? { epoch: phase.epoch, step: phase.step, best: best ? { epoch: best.epoch, loss: best.loss } : null }
      : null,
    patches: push?.patches ?? null,
    history: run.history,
    step: run.step,
    l2: run.l2 ?? null,
    keptEpoch: run.keptEpoch,
  };
  const tensors = {
    ...prefixed('parameters/', run.parameters),
    ...(phase ? { ...prefixed('phase/', phase.parameters), ...prefixed('moments/', phase.moments) } : {}),
    ...(best ? prefixed('best/', best.parameters) : {}),
    ...(push ? { patchFeatures: push.patchFeatures } : {}),
  };
  return encodeCheckpoint({ fingerprint, data, tensors });
}

/** The state a run stored. @throws EngineError 'checkpoint' when the bytes are damaged or belong to another run */
export function decodeRun(bytes: Uint8Array, fingerprint: string): RunState {
  const { data, tensors } = decodeCheckpoint(bytes, fingerprint);
  const plain = data as Plain;
  const patchFeatures = tensors['patchFeatures'];
  if (plain.patches && !patchFeatures) throw new InvariantError('checkpoint with patches but without their features');
  return {
    phaseIndex: plain.phaseIndex,
    phase: plain.phase
      ? {
          epoch: plain.phase.epoch,
          step: plain.phase.step,
          parameters: withPrefix('phase/', tensors),
          moments: withPrefix('moments/', tensors),
          best: plain.phase.best ? { ...plain.phase.best, parameters: withPrefix('best/', tensors) } : undefined,
        }
      : undefined,
    parameters: withPrefix('parameters/', tensors),
    push: plain.patches && patchFeatures ? { patches: plain.patches, patchFeatures } : undefined,
    history: plain.history,
    step: plain.step,
    l2: plain.l2 ?? undefined,
    keptEpoch: plain.keptEpoch,
  };
}

function prefixed(prefix: string, values: Parameters): Record<string, Tensor<'float32'>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

function withPrefix(prefix: string, values: Parameters): Parameters {
  const found = Object.entries(values).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}
