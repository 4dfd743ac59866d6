/** Where the add-on layers start: class and principal directions, or random weights. */
import { EngineError } from '../errors.ts';
import type { PrincipalDirections } from '../linalg/principal.ts';
import { normalizeRows, rowOf } from '../linalg/vectors.ts';
import { float32, zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Random } from '../tensor/random.ts';
import type { AddOnLayer } from '../words/word-model.ts';
import type { AddOnPlan } from './preset.ts';

/** What a structured start is made from. */
export interface DirectionFacts {
  /** Directions that raise each class, [classes, channels]; only read when the plan has evidence rows. */
  readonly classDirections: Tensor<'float32'> | undefined;
  /** Number of training images per class of the base model. */
  readonly classSizes: readonly number[];
  /** Principal directions of the features and their mean; only read when the plan has principal rows. */
  readonly principal: PrincipalDirections | undefined;
  readonly mean: Float64Array;
}

/** Evidence rows at most; with more classes, those the base model predicts most often on the training images. */
export const EVIDENCE_LIMIT = 256;

/**
 * One layer [D, channels]: unit class directions, centred over all classes, times their scale, above unit principal
 * directions times theirs (reference.md). Principal rows read F - mean, which becomes their bias.
 * @throws EngineError 'configuration' when evidence rows are asked for without class directions
 */
export function structuredAddOn(plan: Extract<AddOnPlan, { kind: 'structured' }>, facts: DirectionFacts): AddOnLayer[] {
  const channels = facts.mean.length;
  const rows: { direction: Float32Array; bias: number }[] = [];
  if (plan.evidenceScale > 0) {
    const evidence = evidenceRows(facts);
    for (let row = 0; row < evidence.shape[0]!; row++) {
      rows.push({ direction: rowOf(evidence, row).map((value) => value * plan.evidenceScale), bias: 0 });
    }
  }
  if (plan.principalScale > 0 && facts.principal) {
    const count = facts.principal.values.length;
    for (let row = 0; row < count; row++) {
      const direction = facts.principal.vectors.subarray(row * channels, (row + 1) * channels);
      const offset = direction.reduce((sum, value, channel) => sum + value * facts.mean[channel]!, 0);
      rows.push({
        direction: Float32Array.from(direction, (value) => value * plan.principalScale),
        bias: -offset * plan.principalScale,
      });
    }
  }
  const weights = float32(new Float32Array(rows.length * channels), [rows.length, channels]);
  rows.forEach(({ direction }, row) => rowOf(weights, row).set(direction));
  return [{ weights, bias: float32(rows.map((row) => row.bias)), activation: plan.activation }];
}

/** Class directions minus their mean over classes (a common part moves all logits alike), at unit length. */
function evidenceRows({ classDirections, classSizes }: DirectionFacts): Tensor<'float32'> {
  if (!classDirections) {
    throw new EngineError(
      'configuration',
      'This preset starts from the directions of the classes, which were not given; ' +
        'choose a preset without evidence rows, or give the weights of the head or its mean gradients.',
    );
  }
  const [classes, channels] = classDirections.shape as [number, number];
  const mean = new Float64Array(channels);
  classDirections.data.forEach((value, index) => (mean[index % channels]! += value / classes));
  const centred = classDirections.data.map((value, index) => value - mean[index % channels]!);
  normalizeRows(centred, channels);
  const all = float32(centred, [classes, channels]);
  if (classes <= EVIDENCE_LIMIT) return all;
  const kept = Array.from({ length: classes }, (_, index) => index)
    .sort((a, b) => (classSizes[b] ?? 0) - (classSizes[a] ?? 0) || a - b)
    .slice(0, EVIDENCE_LIMIT)
    .sort((a, b) => a - b);
  const result = float32(new Float32Array(kept.length * channels), [kept.length, channels]);
  kept.forEach((from, row) => rowOf(result, row).set(rowOf(all, from)));
  return result;
}

/** 1x1 convolutions with Kaiming normal fan-out weights, std = sqrt(2 / out), and zero bias (method.md section 1). */
export function randomAddOn(
  plan: Extract<AddOnPlan, { kind: 'random' }>,
  channels: number,
  random: Random,
): AddOnLayer[] {
  let inputs = channels;
  return plan.layers.map(({ size, activation }) => {
    const deviation = Math.sqrt(2 / size);
    const weights = Float32Array.from({ length: size * inputs }, () => deviation * random.normal());
    const layer: AddOnLayer = { weights: float32(weights, [size, inputs]), bias: zeros('float32', [size]), activation };
    inputs = size;
    return layer;
  });
}
