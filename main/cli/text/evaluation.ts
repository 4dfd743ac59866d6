/** Text of an evaluation: measures with interval, n and chance; controls beside them. */
import type { Assessment, EvaluationReport, MapControl, ModelControl } from '../../../preload/contract/index.ts';
import { formatAssessment, formatTable, formatValue } from '../format.ts';
import type { Output } from '../output.ts';

/** Measures by group, in reading order. */
function groups(report: EvaluationReport): readonly (readonly [string, readonly (readonly [string, Assessment])[]])[] {
  const { attentionFidelity, attentionMargin, contributionAttention } = report;
  return [
    [
      'Prediction',
      [
        ['base accuracy', report.baseAccuracy],
        ['accuracy', report.accuracy],
        ['accuracy gap', report.accuracyGap],
        ['prediction fidelity', report.predictionFidelity],
        ['  on base errors', report.predictionFidelityOnBaseErrors],
        ['kappa', report.kappa],
        ['soft fidelity (KL, nats; lower is better)', report.softFidelity],
        ['logit correlation', report.logitCorrelation],
      ],
    ],
    [
      'Attention',
      [
        ['attention fidelity, top 50 %', attentionFidelity['50']],
        ['attention fidelity, top 25 %', attentionFidelity['75']],
        ['attention fidelity, top 10 %', attentionFidelity['90']],
        ['margin over other images, top 50 %', attentionMargin['50']],
        ['margin over other images, top 25 %', attentionMargin['75']],
        ['margin over other images, top 10 %', attentionMargin['90']],
        ['contribution maps, top 50 %', contributionAttention.attentionFidelity['50']],
        ['contribution maps, top 25 %', contributionAttention.attentionFidelity['75']],
        ['contribution maps, top 10 %', contributionAttention.attentionFidelity['90']],
        ['insertion', report.insertion],
        ['deletion (lower is better)', report.deletion],
        ['energy in mask', report.energyInMask],
        ['pointing', report.pointing],
      ],
    ],
    [
      'Words',
      [
        ['words', report.wordCount],
        ['words per decision', report.wordsPerDecision],
        ['words per class', report.wordsPerClass],
        ['sparsity', report.sparsity],
        ['explained share', report.explainedShare],
        ['sharedness', report.sharedness],
        ['use sharedness', report.useSharedness],
        ['classes for 80 %', report.classes80],
        ['partness', report.partness],
        ['cosine between words', report.wordCosine],
        ['overlap of top patches', report.patchJaccard],
      ],
    ],
  ];
}

/** Rows of the table of controls. */
function controlRows({ controls, attentionFidelity, predictionFidelity }: EvaluationReport): readonly string[][] {
  const row = (name: string, control: MapControl, prediction?: Assessment): string[] => [
    name,
    ...(['50', '75', '90'] as const).map((level) => formatValue(control.attentionFidelity[level])),
    formatValue(prediction),
  ];
  const model = (name: string, control: ModelControl | undefined): string[][] =>
    control === undefined ? [] : [row(name, control, control.predictionFidelity)];
  return [
    ['', 'top 50 %', 'top 25 %', 'top 10 %', 'prediction'],
    row('these words', { attentionFidelity }, predictionFidelity),
    ...model('random words', controls.random),
    ...model('k-means words', controls.kmeans),
    row('shuffled', controls.shuffled),
    row('other image', controls.otherImage),
    row('centre', controls.centre),
    row('feature norm', controls.featureNorm),
    row('class evidence', controls.classEvidence),
  ];
}

/** The whole report. */
export function evaluationText(report: EvaluationReport, { bold }: Output): string {
  const p = report.accuracyGapPValue;
  return [
    bold(`Run ${report.runId} (${report.preset}, seed ${report.seed}) on ${report.imageCount} ${report.split} images`),
    ...groups(report).flatMap(([title, rows]) => [
      '',
      bold(title),
      formatTable(rows.map(([label, assessment]) => [label, formatAssessment(assessment)])),
    ]),
    '',
    bold('Controls: attention fidelity and prediction fidelity'),
    formatTable(controlRows(report), [1, 2, 3, 4]),
    '',
    ...(p === null ? [] : [`Equal accuracy of both models: p = ${p.toPrecision(2)} (McNemar, exact)`]),
    `Grad-CAM ${report.attentionSource}; parameters ${report.parameterHash.slice(0, 12)}, unchanged`,
    ...report.notes.map((note) => `note: ${note}`),
  ].join('\n');
}
