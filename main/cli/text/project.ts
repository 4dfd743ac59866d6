/** Text of a project and of its runs. */
import { basename } from 'node:path';
import type { ProjectSummary, RunSummary } from '../../../preload/contract/index.ts';
import { formatAssessment, formatCount, formatDuration, formatTable } from '../format.ts';
import type { Output } from '../output.ts';

/** One run with how it went. */
export function runText(run: RunSummary): string {
  const head = `Run ${run.id}: ${run.status}, ${formatCount(run.wordCount)} words, preset ${run.preset}, target ${run.target}, seed ${run.seed}`;
  const time = run.seconds === null ? '' : `, ${formatDuration(run.seconds)}`;
  return [
    head + time,
    ...(run.error === null ? [] : [`  error: ${run.error}`]),
    ...(run.status === 'done' ? [`  agreement on validation: ${formatAssessment(run.validationAgreement)}`] : []),
    ...run.notes.map((note) => `  note: ${note}`),
  ].join('\n');
}

/** A project at a glance. */
export function projectText(summary: ProjectSummary, { bold, warning }: Output): string {
  const { model, images } = summary;
  const [channels, height, width] = model.featureShape;
  const set = `${formatCount(images.train)} train, ${formatCount(images.validation)} validation, ${formatCount(images.test)} test`;
  const left = [
    ...(images.labelled < images.total ? [`${formatCount(images.total - images.labelled)} without a label`] : []),
    ...(images.unreadable > 0 ? [`${formatCount(images.unreadable)} unreadable`] : []),
    ...(images.duplicate > 0 ? [`${formatCount(images.duplicate)} duplicate`] : []),
  ];
  const rows = [
    ['model', `${model.fileName}, opset ${model.opset}, ${formatCount(model.classes.length)} classes`],
    ['input', `${model.inputWidthPx} x ${model.inputHeightPx} px, ${model.inputLayout}, ${model.preprocessing}`],
    ['cut point', `${model.cutPoint} [${channels}, ${height}, ${width}]`],
    ['Grad-CAM', model.attentionSource],
    ['images', [`${formatCount(images.total)}: ${set}`, ...left].join('; ')],
    ['base accuracy', formatAssessment(summary.baseAccuracy)],
  ];
  return [
    bold(basename(summary.path)),
    formatTable(rows),
    ...summary.runs.map(runText),
    ...summary.warnings.map((text) => warning(`warning: ${text}`)),
  ].join('\n');
}
