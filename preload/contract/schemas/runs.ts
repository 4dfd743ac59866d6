/** Schemas of learning: presets, devices, curves, evaluation. */
import { z } from 'zod';
import type { EvaluationReport } from '../measures.ts';
import { assessment, box, index } from './common.ts';

/** A preset as offered to the user. */
export const presetSummary = z.object({
  name: z.string(),
  title: z.string(),
  /** What it is good for and what it costs, in two sentences. */
  description: z.string(),
  defaultWordCount: z.number(),
  isRecommended: z.boolean(),
});
export type PresetSummary = z.infer<typeof presetSummary>;

/** Execution providers as probed on this machine. */
export const deviceReport = z.object({
  chosen: z.string(),
  reason: z.string(),
  providers: z.array(
    z.object({
      provider: z.string(),
      available: z.boolean(),
      working: z.boolean(),
      stepMs: z.number().nullable(),
      differenceToCpu: z.number().nullable(),
      reason: z.string().nullable(),
    }),
  ),
});
export type DeviceReport = z.infer<typeof deviceReport>;

/** One value of a curve. */
export const curvePoint = z.object({
  phase: z.string(),
  epoch: z.number(),
  /** 'crossEntropy', ..., 'total'; with the prefix 'validation.' when measured on validation images. */
  name: z.string(),
  value: z.number(),
});
export type CurvePoint = z.infer<typeof curvePoint>;

/** A word at the moment it became a real patch. */
export const pushedWord = z.object({
  index,
  imageId: index,
  row: z.number(),
  column: z.number(),
  crop: box,
});
export type PushedWord = z.infer<typeof pushedWord>;

/** Checked in its outer shape and its assessments: the report is written by our own engine and stored as it was. */
export const evaluationReport = z
  .looseObject({
    schemaVersion: z.literal(1),
    runId: index,
    preset: z.string(),
    split: z.string(),
    imageCount: z.number(),
    predictionFidelity: assessment,
    accuracy: assessment,
    baseAccuracy: assessment,
    parameterHash: z.string(),
    notes: z.array(z.string()),
  })
  .transform((report) => report as unknown as EvaluationReport);
