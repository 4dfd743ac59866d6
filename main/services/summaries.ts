/** Stored rows as the contract's summaries. */
import { basename } from 'node:path';
import type { Assessment, AttentionSource, BaseModelSummary, RunSummary } from '../../preload/contract/index.ts';
import { notAssessed } from '../engine/metrics/measure.ts';
import type { ModelRecord, ProjectReader, RunRecord } from '../store/index.ts';

/** A base model for people. */
export function summarizeModel(model: ModelRecord): BaseModelSummary {
  const { details } = model;
  const [channels, height, width] = details['featureShape'] as readonly [number, number, number];
  return {
    fileName: basename(model.path),
    path: model.path,
    sha256: model.sha256,
    opset: model.opset,
    classes: model.classLabels,
    inputHeightPx: model.inputHeight,
    inputWidthPx: model.inputWidth,
    inputLayout: model.inputLayout === 'nchw' ? 'NCHW' : 'NHWC',
    output: model.outputKind as BaseModelSummary['output'],
    cutPoint: model.cutPoint,
    featureShape: [channels, height, width],
    cutAlternatives: details['cutAlternatives'] as readonly string[],
    attentionSource: model.attentionSource as AttentionSource,
    preprocessing: String(details['preprocessingName']),
  };
}

/** What a run leaves besides its words. */
export interface RunResult {
  readonly sentences: readonly string[];
  readonly validationAgreement: Assessment;
}

/** Setting that holds a run's RunResult. */
export function resultSetting(runId: number): string {
  return `run.${runId}.result`;
}

/** A run for people. */
export function summarizeRun(read: ProjectReader, run: RunRecord): RunSummary {
  const result = read.settings.get(resultSetting(run.runId)) as unknown as RunResult | undefined;
  const { startedAt, finishedAt } = run;
  return {
    id: run.runId,
    preset: run.preset,
    seed: run.seed,
    wordCount: run.wordCount,
    target: run.target,
    status: run.status,
    startedAt: startedAt ?? run.createdAt,
    finishedAt,
    seconds: startedAt && finishedAt ? (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 : null,
    validationAgreement: result?.validationAgreement ?? notAssessed('the run is not finished'),
    notes: result?.sentences ?? [],
    error: run.error,
  };
}
