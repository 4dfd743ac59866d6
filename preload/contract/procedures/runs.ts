/** Procedures of runs: learn, look at curves, evaluate. */
import { z } from 'zod';
import { command, job, query } from '../procedure.ts';
import { index, nothing, projectKey, runChoice, split } from '../schemas/common.ts';
import { runSummary } from '../schemas/projects.ts';
import { curvePoint, deviceReport, evaluationReport, presetSummary, pushedWord } from '../schemas/runs.ts';

const ofRun = z.strictObject({ project: projectKey, runId: index });

export const runProcedures = {
  'runs.list': query('viewer', z.strictObject({ project: projectKey }), z.array(runSummary)),
  /** Presets with the number of words each would learn for this project's classes. */
  'runs.presets': query('viewer', z.strictObject({ project: projectKey }), z.array(presetSummary)),
  /** Tries each execution provider with a small training step. */
  'runs.devices': job('viewer', nothing, deviceReport),
  /** Learns words; can pause and resume. Events 'run' carry curves and pushed words meanwhile. */
  'runs.learn': job(
    'annotator',
    z.strictObject({
      project: projectKey,
      preset: z.string().max(100).optional(),
      wordCount: z.int().min(1).max(5_000).optional(),
      seed: z
        .int()
        .min(0)
        .max(2 ** 31)
        .optional(),
      target: z.enum(['base', 'top', 'labels']).optional(),
      device: z.enum(['auto', 'cpu', 'cuda', 'tensorrt', 'dml', 'coreml', 'webgpu']).optional(),
    }),
    runSummary,
  ),
  'runs.curves': query('viewer', ofRun, z.array(curvePoint)),
  /** The words a run has pushed so far, by index. */
  'runs.pushed': query('viewer', ofRun, z.array(pushedWord)),
  'runs.note': command('annotator', z.strictObject({ ...ofRun.shape, note: z.string().max(10_000) }), nothing),
  'runs.evaluate': job(
    'annotator',
    z.strictObject({ ...runChoice, split: split.optional(), withoutControls: z.boolean().optional() }),
    evaluationReport,
  ),
  /** The kept report of a split; null when it was not evaluated. */
  'runs.evaluation': query('viewer', z.strictObject({ ...runChoice, split }), evaluationReport.nullable()),
} as const;
