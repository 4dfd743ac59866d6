/** Chance lines of soft and multi-label fidelity, from the two models' mean answers. */
import { logSumExp } from './fidelity.ts';
import type { OutputKind } from './outcome.ts';

/** Adds up mean probabilities and decisions. */
export class AnswerShares {
  readonly #outputs: OutputKind;
  readonly #baseProbability: Float64Array;
  readonly #baseYes: Float64Array;
  readonly #wordYes: Float64Array;
  #baseEntropy = 0;
  #count = 0;

  constructor(classCount: number, outputs: OutputKind) {
    this.#outputs = outputs;
    this.#baseProbability = new Float64Array(classCount);
    this.#baseYes = new Float64Array(classCount);
    this.#wordYes = new Float64Array(classCount);
  }

  /** Adds one image's logits. */
  add(base: Float32Array, word: Float32Array): void {
    this.#count++;
    const norm = logSumExp(base);
    base.forEach((logit, index) => {
      const p = this.#outputs === 'softmax' ? Math.exp(logit - norm) : 1 / (1 + Math.exp(-logit));
      this.#baseProbability[index]! += p;
      this.#baseEntropy += this.#entropyOf(p);
      this.#baseYes[index]! += Number(logit > 0);
      this.#wordYes[index]! += Number(word[index]! > 0);
    });
  }

  /**
   * Mean divergence of a model that always answers the base model's mean distribution, in nats: entropy of the mean
   * minus mean of the entropies (per class for sigmoid outputs).
   */
  constantDivergence(): number {
    const ofMean = this.#baseProbability.reduce((sum, p) => sum + this.#entropyOf(p / this.#count), 0);
    const divergence = ofMean - this.#baseEntropy / this.#count;
    return Math.max(0, this.#outputs === 'softmax' ? divergence : divergence / this.#baseProbability.length);
  }

  /** Expected share of yes/no decisions alike if both models decided independently: mean over classes. */
  decisionChance(): number {
    const n = this.#count;
    return this.#baseYes.reduce((sum, yes, index) => {
      const base = yes / n;
      const word = this.#wordYes[index]! / n;
      return sum + (base * word + (1 - base) * (1 - word)) / this.#baseYes.length;
    }, 0);
  }

  /** The part of the entropy one probability adds; both outcomes for a yes/no answer. */
  #entropyOf(p: number): number {
    const term = (q: number): number => (q > 0 ? -q * Math.log(q) : 0);
    return this.#outputs === 'softmax' ? term(p) : term(p) + term(1 - p);
  }
}
