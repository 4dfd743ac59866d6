/** Procedures of images and explanations. */
import { z } from 'zod';
import { UPLOAD_BYTES } from '../limits.ts';
import { command, job, query } from '../procedure.ts';
import { float32, index, projectKey, runChoice } from '../schemas/common.ts';
import { explanation, imageChoice, imageColumns, imageFacts, perturbationCurves } from '../schemas/images.ts';

export const imageProcedures = {
  'images.columns': query('viewer', z.strictObject(runChoice), imageColumns),
  /** One word's score in every image, in the order of the columns. */
  'images.wordScores': query(
    'viewer',
    z.strictObject({ ...runChoice, index }),
    z.object({ scores: float32, presentFrom: z.number() }),
  ),
  'images.get': query('viewer', z.strictObject({ ...runChoice, imageId: index }), imageFacts),
  /** Keeps a dropped image in memory to explain it; the newest few are kept. */
  'images.upload': command(
    'viewer',
    z.strictObject({
      project: projectKey,
      name: z.string().max(300),
      bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength <= UPLOAD_BYTES, {
        message: `An image may have ${UPLOAD_BYTES / 1024 / 1024} MiB at most.`,
      }),
    }),
    z.object({ uploadId: z.string(), widthPx: z.number(), heightPx: z.number() }),
  ),
  'explain.image': query(
    'viewer',
    z.strictObject({ ...runChoice, image: imageChoice, classIndex: index.optional() }),
    explanation,
  ),
  /** Insertion and deletion of the word model's map on the real base model. */
  'explain.curves': job(
    'viewer',
    z.strictObject({ ...runChoice, image: imageChoice, classIndex: index.optional() }),
    perturbationCurves,
  ),
} as const;
