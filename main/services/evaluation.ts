/** Measures a run on a split, with the control word models beside it, and keeps the report. */
import type { EvaluationReport, ModelControl, Split } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import type { Evaluation } from '../engine/metrics/evaluation.ts';
import type { WordModel } from '../engine/words/word-model.ts';
import type { EvaluateInput } from '../jobs/index.ts';
import type { JsonObject, Project, RunRecord } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { extractFeatures, indicesOf, learnSource, masksOf } from './extraction.ts';
import type { ExtractedImages } from './extraction.ts';
import { readPreset } from './presets.ts';
import { chosenRun, currentModel, modelReference, withProject, wordModelOf } from './project-access.ts';
import type { RunChoice } from './services.ts';

/** Control word models (reference.md): the same number of words, chosen without training. */
const CONTROL_PRESETS = ['random', 'kmeans'] as const;

/** Options of `evaluate`. */
export interface EvaluateOptions extends RunChoice {
  /** Default 'test'. */
  readonly split?: Split;
  /** Leaves the random and k-means word models out. */
  readonly withoutControls?: boolean;
}

/** @throws EngineError 'too-few-images' when the split is empty; StoreError 'not-found' without a finished run */
export function evaluateRun(
  context: ServiceContext,
  path: string,
  options: EvaluateOptions,
  hooks: Hooks,
): Promise<EvaluationReport> {
  return withProject(context, path, async (project) => {
    const run = chosenRun(project.read, options.runId);
    const split = options.split ?? 'test';
    const images = await extractFeatures(context, project, 'cpu', hooks);
    const indices = indicesOf(images.records, split);
    if (indices.length === 0) {
      throw new EngineError(
        'too-few-images',
        `The project has no ${split} images. Choose another split: train, validation or test.`,
        {
          expected: 'at least one image',
          found: split,
        },
      );
    }
    const wordModel = wordModelOf(project.read, run);
    const measure = (model: WordModel, more: Partial<EvaluateInput>): Promise<Evaluation> =>
      context.jobs.run('evaluate', { ...jobInput(project, images, indices, run), ...more, wordModel: model }, hooks);
    const evaluation = await measure(wordModel, {});
    const controls: { random?: ModelControl; kmeans?: ModelControl } = {};
    if (options.withoutControls !== true) {
      for (const preset of CONTROL_PRESETS) {
        const control = await learnControl(context, project, images, run, preset, hooks);
        controls[preset] = toControl(await measure(control, { perturbedImageCount: 0 }));
      }
    }
    const report = toReport(evaluation, run, split, images, controls);
    project.write.runs.addEvaluation(context.actor, {
      runId: run.runId,
      split,
      imageCount: report.imageCount,
      measures: report as unknown as JsonObject,
      parameterHashBefore: run.parameterHash!,
      parameterHashAfter: evaluation.parameterHash,
    });
    return report;
  });
}

/** What every evaluation of this run shares. */
function jobInput(
  { read }: Project,
  { extraction, records, references, labels }: ExtractedImages,
  indices: readonly number[],
  run: RunRecord,
): Omit<EvaluateInput, 'wordModel'> {
  const masks = masksOf(read, records);
  return {
    model: modelReference(currentModel(read)),
    cut: extraction.cut,
    cacheFolder: extraction.cacheFolder,
    images: references,
    indices,
    directionIndices: indicesOf(records, 'train'),
    labels,
    seed: run.seed,
    ...(masks === undefined ? {} : { masks }),
  };
}

/** Learns a control word model; it is measured and forgotten. */
async function learnControl(
  context: ServiceContext,
  { read }: Project,
  images: ExtractedImages,
  run: RunRecord,
  preset: (typeof CONTROL_PRESETS)[number],
  hooks: Hooks,
): Promise<WordModel> {
  const { model } = await context.jobs.run(
    'learn',
    {
      preset: readPreset(context, preset),
      seed: run.seed,
      wordCount: run.wordCount,
      target: run.target,
      ...learnSource(read, images),
    },
    hooks,
  );
  return model;
}

function toControl(evaluation: Evaluation): ModelControl {
  const { attentionFidelity, attentionMargin, predictionFidelity, accuracy, softFidelity } = evaluation;
  const { sharedness, useSharedness, classes80, partness } = evaluation;
  return {
    attentionFidelity,
    margin: attentionMargin,
    predictionFidelity,
    accuracy,
    softFidelity,
    sharedness,
    useSharedness,
    classes80,
    partness,
  };
}

/** The engine's evaluation in the contract's words; figures per word and class stay with the words. */
function toReport(
  evaluation: Evaluation,
  run: RunRecord,
  split: Split,
  { extraction, notes }: ExtractedImages,
  controls: EvaluationReport['controls'] extends infer Controls ? Partial<Controls> : never,
): EvaluationReport {
  const { words: _words, classes: _classes, contributionAttention, controls: mapControls, ...measures } = evaluation;
  return {
    schemaVersion: 1,
    runId: run.runId,
    preset: run.preset,
    seed: run.seed,
    split,
    ...measures,
    contributionAttention: {
      attentionFidelity: contributionAttention.attentionFidelity,
      margin: contributionAttention.margin,
    },
    controls: { ...controls, ...mapControls },
    attentionSource: extraction.attentionSource,
    notes,
  };
}
