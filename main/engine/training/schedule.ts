/** Phases of training as plain data (method.md section 3). */

/** Stage of training; `start` is everything before the first step. */
export type Phase = 'start' | 'warmUp' | 'joint' | 'push' | 'lastLayer';

/** Weights of the loss terms; 0 leaves the term out of the graph. */
export interface LossWeights {
  readonly crossEntropy: number;
  readonly clusterCost: number;
  /** Applied to the negated distance to other classes' words, so a useful weight is positive (ProtoPNet's 0.08). */
  readonly separationCost: number;
  readonly l1: number;
  /** Mean squared error of the published method, at 224 x 224. */
  readonly attentionAlignment: number;
  /** 1 - soft intersection over union of the word map and Grad-CAM, at feature resolution. */
  readonly softIou: number;
  /** InfoNCE over the images of a batch: a word map must match its own image's Grad-CAM rather than another's. */
  readonly imageContrast: number;
}

/** Adam's rate and L2 decay (added to the gradient) for one group of parameters; rate 0 freezes the group. */
export interface GroupRate {
  readonly rate: number;
  readonly decay: number;
}

/** One phase that trains. */
export interface PhasePlan {
  readonly phase: 'warmUp' | 'joint' | 'lastLayer';
  readonly epochs: number;
  readonly lossWeights: LossWeights;
  readonly rates: { readonly addOn: GroupRate; readonly words: GroupRate; readonly lastLayer: GroupRate };
  /**
   * Rates are multiplied by `factor` after every `epochs` epochs; `elapsed` epochs were counted before this phase.
   * Undefined: constant rates.
   */
  readonly decay: { readonly epochs: number; readonly factor: number; readonly elapsed: number } | undefined;
  /** Push after this phase, then refit or retrain the last layer as the next phases say. */
  readonly pushAfter: boolean;
  /** Stop after this many epochs without a lower validation loss and keep the best; undefined: run them all. */
  readonly patience: number | undefined;
}

/** Rate of a group of parameters in an epoch of a phase (0 for the first). */
export function rateAt(phase: PhasePlan, group: keyof PhasePlan['rates'], epoch: number): number {
  const { rate } = phase.rates[group];
  if (!phase.decay) return rate;
  return rate * phase.decay.factor ** Math.floor((phase.decay.elapsed + epoch) / phase.decay.epochs);
}
