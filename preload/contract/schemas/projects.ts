/** Schemas of projects, models and runs. */
import { z } from 'zod';
import type { BaseModelSummary, ImageCounts, ProjectSummary, RunSummary } from '../domain.ts';
import { assessment, index, projectKey } from './common.ts';

export const baseModelSummary = z.object({
  fileName: z.string(),
  path: z.string(),
  sha256: z.string(),
  opset: z.number(),
  classes: z.array(z.string()),
  inputHeightPx: z.number(),
  inputWidthPx: z.number(),
  inputLayout: z.enum(['NCHW', 'NHWC']),
  output: z.enum(['logits', 'softmax', 'sigmoid']),
  cutPoint: z.string(),
  featureShape: z.tuple([z.number(), z.number(), z.number()]),
  cutAlternatives: z.array(z.string()),
  attentionSource: z.enum(['closedForm', 'differentiated']),
  preprocessing: z.string(),
}) satisfies z.ZodType<BaseModelSummary>;

export const imageCounts = z.object({
  total: z.number(),
  train: z.number(),
  validation: z.number(),
  test: z.number(),
  unreadable: z.number(),
  duplicate: z.number(),
  labelled: z.number(),
}) satisfies z.ZodType<ImageCounts>;

export const runSummary = z.object({
  id: index,
  preset: z.string(),
  seed: z.number(),
  wordCount: z.number(),
  target: z.enum(['base', 'top', 'labels']),
  status: z.enum(['planned', 'running', 'done', 'failed', 'cancelled']),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  seconds: z.number().nullable(),
  validationAgreement: assessment,
  notes: z.array(z.string()),
  error: z.string().nullable(),
}) satisfies z.ZodType<RunSummary>;

export const projectSummary = z.object({
  path: z.string(),
  createdAt: z.string(),
  model: baseModelSummary,
  images: imageCounts,
  baseAccuracy: assessment,
  runs: z.array(runSummary),
  leftOut: z.array(z.object({ path: z.string(), reason: z.string() })),
  warnings: z.array(z.string()),
}) satisfies z.ZodType<ProjectSummary>;

/** A project that was opened before, newest first. */
export const recentProject = z.object({
  path: z.string(),
  name: z.string(),
  openedAt: z.string(),
  /** False when the file is gone or out of reach. */
  isThere: z.boolean(),
  modelFileName: z.string().nullable(),
  imageCount: z.number().nullable(),
  wordCount: z.number().nullable(),
  namedWordCount: z.number().nullable(),
});
export type RecentProject = z.infer<typeof recentProject>;

/** An open project. */
export const openProject = z.object({
  project: projectKey,
  path: z.string(),
  name: z.string(),
  /** True when another process writes to it, or the medium is read-only; `notes` says which. */
  isReadOnly: z.boolean(),
  notes: z.array(z.string()),
});
export type OpenProject = z.infer<typeof openProject>;

/** Whether the project can be trusted to be whole. */
export const projectHealth = z.object({
  journal: z.object({
    /** null: not checked since it was opened. */
    isVerified: z.boolean().nullable(),
    entryCount: z.number(),
    head: z.string(),
    checkedAt: z.string().nullable(),
    broken: z.string().nullable(),
  }),
  lastBackupAt: z.string().nullable(),
  backupFolder: z.string(),
  lastSavedAt: z.string().nullable(),
  warnings: z.array(z.string()),
});
export type ProjectHealth = z.infer<typeof projectHealth>;

export const verifyResult = z.object({
  isOk: z.boolean(),
  checks: z.array(
    z.object({ name: z.string(), isOk: z.boolean(), checked: z.number(), broken: z.string().nullable() }),
  ),
  journalHead: z.string(),
});

/** What an ONNX file turned out to be, before a project is made of it. */
export const modelInspection = z.object({
  path: z.string(),
  fileName: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  opset: z.number(),
  producer: z.string(),
  nodeCount: z.number(),
  parameterCount: z.number(),
  input: z.object({
    name: z.string(),
    /** null: the model takes images of any size. */
    heightPx: z.number().nullable(),
    widthPx: z.number().nullable(),
    channels: z.number(),
    layout: z.enum(['NCHW', 'NHWC']),
  }),
  output: z.object({
    name: z.string(),
    kind: z.enum(['logits', 'softmax', 'sigmoid']),
    classCount: z.number(),
  }),
  /** Class names, and where they were found; null: none, classes are numbered. */
  classes: z.array(z.string()),
  labelsPath: z.string().nullable(),
  cutPoint: z.string(),
  /** Tensors where the model can be divided, in the order of the graph. */
  cutPoints: z.array(
    z.object({
      tensor: z.string(),
      channels: z.number(),
      height: z.number(),
      width: z.number(),
      /** What lies between the cut point and the output, for people: 'pool + linear layer'. */
      headDescription: z.string(),
      attentionSource: z.enum(['closedForm', 'differentiated']),
    }),
  ),
  /** The graph drawn small: runs of nodes between possible cuts, in order from input to output. */
  stages: z.array(
    z.object({
      name: z.string(),
      /** Operators of the stage with their counts, most frequent first. */
      operators: z.array(z.object({ op: z.string(), count: z.number() })),
      /** Shape after the stage, without the batch; null where unknown. */
      shape: z.array(z.number()).nullable(),
      /** The tensor at its end when one can cut there. */
      cutTensor: z.string().nullable(),
    }),
  ),
  warnings: z.array(z.string()),
});
export type ModelInspection = z.infer<typeof modelInspection>;

/** What lies in a folder of images. */
export const folderInspection = z.object({
  folder: z.string(),
  imageCount: z.number(),
  /** Class folders with their images; classIndex null when the model has no class of that name. */
  classes: z.array(z.object({ name: z.string(), classIndex: index.nullable(), count: z.number() })),
  /** True when the folder is divided into train, val and test; otherwise Vislex divides it. */
  hasSplits: z.boolean(),
  splits: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  maskCount: z.number(),
  warnings: z.array(z.string()),
});
export type FolderInspection = z.infer<typeof folderInspection>;

/** Preprocessing tried on sample images with the real model. */
export const preprocessingProof = z.object({
  chosen: z.string(),
  /** How sure the choice is, in a sentence. */
  reason: z.string(),
  trials: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      /** Accuracy on labelled samples. */
      accuracy: assessment,
      /** Mean probability of the top class. */
      confidence: z.number(),
    }),
  ),
  samples: z.array(
    z.object({
      path: z.string(),
      label: z.string().nullable(),
      predicted: z.string(),
      probability: z.number(),
      isRight: z.boolean().nullable(),
      /** The model's input view, JPEG. */
      picture: z.instanceof(Uint8Array),
    }),
  ),
  /** True when the accuracy is not clearly above chance: the model, the labels or the preprocessing are wrong. */
  isNearChance: z.boolean(),
  warnings: z.array(z.string()),
});
export type PreprocessingProof = z.infer<typeof preprocessingProof>;
