/** Schemas of images and explanations. */
import { z } from 'zod';
import type { ClassProbability, ContributionRow, Explanation } from '../domain.ts';
import { box, compactMap, float32, index, int16, int32, split, uint8 } from './common.ts';

/**
 * All usable images as columns of equal length, so that filters and sorts of 100,000 images run in the window.
 * Class indices are -1 where unknown.
 */
export const imageColumns = z.object({
  count: z.number(),
  classes: z.array(z.string()),
  ids: int32,
  /** 0 train, 1 validation, 2 test, 255 none. */
  splits: uint8,
  labels: int16,
  /** Top class of the base model; -1 before features were extracted. */
  basePredictions: int16,
  /** Its probability, 0..1; NaN where unknown. */
  baseConfidences: float32,
  /** Top class of the word model of the chosen run; -1 without a run. */
  wordPredictions: int16,
  /** Paths relative to the image folder, one a line. */
  names: z.string(),
});
export type ImageColumns = z.infer<typeof imageColumns>;

/** One image of the project. */
export const imageFacts = z.object({
  imageId: index,
  path: z.string(),
  sha256: z.string(),
  widthPx: z.number(),
  heightPx: z.number(),
  split: split.nullable(),
  label: z.string().nullable(),
  basePrediction: z.string().nullable(),
  wordPrediction: z.string().nullable(),
  /** Strongest words in it, by score. */
  words: z.array(z.object({ index, name: z.string().nullable(), score: z.number() })),
});
export type ImageFacts = z.infer<typeof imageFacts>;

/** An image to explain: of the project, or dropped in. */
export const imageChoice = z.union([
  z.strictObject({ imageId: index }),
  z.strictObject({ uploadId: z.string().regex(/^u\d{1,9}$/) }),
]);
export type ImageChoice = z.infer<typeof imageChoice>;

export const classProbability = z.object({
  classIndex: index,
  className: z.string(),
  logit: z.number(),
  probability: z.number(),
}) satisfies z.ZodType<ClassProbability>;

export const contributionRow = z.object({
  wordIndex: index,
  name: z.string().nullable(),
  score: z.number(),
  weight: z.number(),
  contribution: z.number(),
  map: compactMap,
  pushedImageId: index,
  pushedCrop: box,
}) satisfies z.ZodType<ContributionRow>;

const iou = z.number().nullable();

export const explanation = z.object({
  imagePath: z.string(),
  sha256: z.string(),
  label: z.string().nullable(),
  split: split.nullable(),
  base: z.array(classProbability),
  wordModel: z.array(classProbability),
  classIndex: index,
  className: z.string(),
  baseLogit: z.number(),
  contributions: z.array(contributionRow),
  bias: z.number(),
  residual: z.number(),
  explainedShare: z.number().nullable(),
  gradCam: compactMap,
  attentionSource: z.enum(['closedForm', 'differentiated']),
  wordAttention: compactMap,
  attentionIou: z.object({ '50': iou, '75': iou, '90': iou }),
}) satisfies z.ZodType<Explanation>;

/** Base model's probability while the most important pixels are added or removed. */
export const perturbationCurves = z.object({
  className: z.string(),
  /** Shares of pixels, 0..1 ascending. */
  fractions: z.array(z.number()),
  insertion: z.array(z.number()),
  deletion: z.array(z.number()),
  /** The same for a random order: the line to beat. */
  randomInsertion: z.array(z.number()),
  randomDeletion: z.array(z.number()),
  insertionScore: z.number(),
  deletionScore: z.number(),
  /** How removed pixels are filled, in words. */
  fill: z.string(),
});
export type PerturbationCurves = z.infer<typeof perturbationCurves>;
