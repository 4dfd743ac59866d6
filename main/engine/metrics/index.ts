/** Public entry of the measures. */
export { ATTENTION_SIZE, contributionMap, MAP_WORDS, maximumMap, nominalChance, strongestWords } from './alignment.ts';
export { derangement, randomMap } from './controls.ts';
export { evaluateWordModel } from './evaluate.ts';
export type { EvaluateOptions } from './evaluate.ts';
export { PERCENTILES } from './evaluation.ts';
export type {
  AttentionControl,
  AttentionResult,
  ClassFigures,
  Evaluation,
  EvaluationControls,
  PercentileKey,
  PerPercentile,
  WordFigures,
} from './evaluation.ts';
export { insertionDeletion, pixelImportance } from './insertion-deletion.ts';
export type { BaseModelRunner, PerturbationResult } from './insertion-deletion.ts';
export { mcnemarExact, measureMean, measurePairedDifference, measureRate, newcombe, wilson } from './interval.ts';
export { isAssessed, notAssessed } from './measure.ts';
export type { Assessment, Measure, NotAssessed } from './measure.ts';
export type { OutputKind, WordForward, WordOutputs } from './outcome.ts';
export { parameterHash } from './parameter-hash.ts';
export { matchWords, measureStability } from './stability.ts';
export type { StabilityFigures, WordMatch } from './stability.ts';
