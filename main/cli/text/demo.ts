/** Text of the demo: what was learned, beside the truth that was drawn. */
import type { DemoReport } from '../../services/index.ts';
import { formatAssessment, formatDuration, formatShare, formatTable, formatValue } from '../format.ts';
import type { Output } from '../output.ts';

/** A short summary: both fidelities against chance and controls, parts, the shortcut, where to look. */
export function demoText(report: DemoReport, { bold }: Output): string {
  const { evaluation, shortcut, reliance } = report;
  const { controls, attentionFidelity } = evaluation;
  const control = (name: string, of: { readonly attentionFidelity: typeof attentionFidelity } | undefined): string[] =>
    of === undefined ? [] : [`${name} ${formatValue(of.attentionFidelity['50'])}`];
  const beside = [
    ...control('k-means', controls.kmeans),
    ...control('random', controls.random),
    ...control('shuffled', controls.shuffled),
    ...control('centre', controls.centre),
    ...control('feature norm', controls.featureNorm),
  ].join(', ');
  const predictionBeside = [
    ...(controls.kmeans ? [`k-means ${formatValue(controls.kmeans.predictionFidelity)}`] : []),
    ...(controls.random ? [`random ${formatValue(controls.random.predictionFidelity)}`] : []),
  ].join(', ');
  const rows = [
    ['base accuracy', formatAssessment(report.baseAccuracy)],
    ['prediction fidelity', formatAssessment(evaluation.predictionFidelity)],
    ...(predictionBeside === '' ? [] : [['  beside', predictionBeside]]),
    ['attention fidelity @50', formatAssessment(attentionFidelity['50'])],
    ['  beside', beside],
    ['attention fidelity @90', formatAssessment(attentionFidelity['90'])],
    ['words per decision', formatAssessment(evaluation.wordsPerDecision)],
    ['energy in true parts', formatAssessment(report.energyInParts)],
    [`called "${reliance.className}" by the sticker`, formatAssessment(reliance.misledWith)],
    [
      'planted shortcut',
      shortcut === null
        ? 'no word carries it'
        : `word ${shortcut.wordIndex} carries it, for "${shortcut.className}": ${formatShare(shortcut.share)} of its top patches touch the sticker, ${formatShare(shortcut.energyInSticker)} of its energy lies in it`,
    ],
  ];
  return [
    bold(`The demo took ${formatDuration(report.seconds)}.`),
    formatTable(rows),
    '',
    `project        ${report.projectPath}`,
    `contact sheet  ${report.sheetPath}`,
  ].join('\n');
}
