/** Turns what happens while learning into progress reports with a share that never falls. */
import type { LearnOptions, LearnProgress, LossValues } from './learn-types.ts';
import type { Phase } from './schedule.ts';

/** Shares of the whole job, roughly as measured on 1,262 images: start, phases, the rest is the end. */
const START_SHARE = 0.3;
const PHASES_SHARE = 0.6;

/** Steps done in an epoch and their losses. */
export interface StepReport {
  readonly done: number;
  readonly of: number;
  readonly losses: LossValues;
}

/** Reports progress of one job. */
export class ProgressMeter {
  readonly #options: LearnOptions;
  readonly #startShare: number;
  #fraction = 0;
  #epoch = 0;
  #phaseIndex = -1;
  #epochInPhase = 0;
  #step = 0;
  #lastStepMs: number | undefined;

  constructor(options: LearnOptions) {
    this.#options = options;
    this.#startShare = options.preset.phases.length > 0 ? START_SHARE : START_SHARE + PHASES_SHARE;
  }

  /** Counts on from a resumed run. @param done epochs and steps of all phases, and where in the schedule the run stands */
  continueFrom(done: { epoch: number; step: number; phaseIndex: number; epochInPhase: number }): void {
    this.#epoch = done.epoch;
    this.#step = done.step;
    this.#phaseIndex = done.phaseIndex;
    this.#epochInPhase = done.epochInPhase;
  }

  /** @param share of the start, 0..1 */
  start(activity: string, share: number): void {
    this.#report('start', activity, this.#startShare * share);
  }

  /** After a step of a phase. @param batch images in the step */
  step(phaseIndex: number, { done, of, losses }: StepReport, batch: number): void {
    const { phases } = this.#options.preset;
    const phase = phases[phaseIndex]!;
    if (phaseIndex !== this.#phaseIndex) {
      this.#phaseIndex = phaseIndex;
      this.#epochInPhase = 0;
    }
    this.#step++;
    const total = phases.reduce((sum, { epochs }) => sum + epochs, 0);
    const before = phases.slice(0, phaseIndex).reduce((sum, { epochs }) => sum + epochs, 0);
    const share = (before + this.#epochInPhase + done / of) / total;
    const activity = `epoch ${this.#epochInPhase + 1} of ${phase.epochs}`;
    this.#report(phase.phase, activity, this.#startShare + PHASES_SHARE * share, losses, this.#rate(batch));
    if (done === of) {
      this.#epochInPhase++;
      this.#epoch++;
    }
  }

  /** @param share of the push, 0..1 */
  push(share: number): void {
    this.#report('push', `moving words onto patches, ${Math.round(100 * share)} %`, this.#fraction);
  }

  /** The end of the job. */
  finish(activity: string, fraction = 0.95): void {
    this.#report('lastLayer', activity, fraction);
  }

  /** Images per second since the step before. */
  #rate(batch: number): number | undefined {
    const now = this.#options.now?.();
    const before = this.#lastStepMs;
    this.#lastStepMs = now;
    return now === undefined || before === undefined || now <= before ? undefined : (1000 * batch) / (now - before);
  }

  #report(phase: Phase, activity: string, fraction: number, losses: LossValues = {}, imagesPerSecond?: number): void {
    this.#fraction = Math.max(this.#fraction, Math.min(1, fraction));
    const progress: LearnProgress = {
      phase,
      activity,
      epoch: this.#epoch,
      step: this.#step,
      fraction: this.#fraction,
      losses,
      imagesPerSecond,
    };
    this.#options.onProgress?.(progress);
  }
}
