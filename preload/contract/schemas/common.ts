/** Schemas that many procedures share. */
import { z } from 'zod';
import type { Box, CompactMap } from '../domain.ts';
import { PATH_LENGTH } from '../limits.ts';
import type { Assessment, Measure, NotAssessed } from '../measures.ts';

/** No input. */
export const nothing = z.strictObject({});

/** A whole number from 0 up: identifiers and indices. */
export const index = z.int().min(0);

/** A file or folder on the machine that computes; every service vets it again. */
export const path = z.string().min(1).max(PATH_LENGTH);

/** Handle of an open project, such as 'p1'; good until it is closed. */
export const projectKey = z.string().regex(/^p\d{1,9}$/);
export type ProjectKey = z.infer<typeof projectKey>;

/** Which run; null or absent: the newest that is done. */
export const runChoice = { project: projectKey, runId: index.nullish() };

export const split = z.enum(['train', 'validation', 'test']);

export const measure = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  n: z.number(),
  chance: z.number().optional(),
}) as unknown as z.ZodType<Measure>;

export const notAssessed = z.object({
  value: z.null(),
  n: z.number(),
  reason: z.string(),
}) satisfies z.ZodType<NotAssessed>;

export const assessment: z.ZodType<Assessment> = z.union([measure, notAssessed]);

/** IoU at the three percentiles. */
export const perPercentile = z.object({ '50': assessment, '75': assessment, '90': assessment });

export const box = z.object({
  left: z.number(),
  top: z.number(),
  width: z.number(),
  height: z.number(),
}) satisfies z.ZodType<Box>;

export const compactMap = z.object({
  width: z.number(),
  height: z.number(),
  low: z.number(),
  high: z.number(),
  values: z.instanceof(Uint8Array),
}) satisfies z.ZodType<CompactMap>;

export const float32 = z.instanceof(Float32Array);
export const int32 = z.instanceof(Int32Array);
export const int16 = z.instanceof(Int16Array);
export const uint8 = z.instanceof(Uint8Array);
