/** Text of one image's attributions: a line per method, their agreement, the strongest words. */
import type { AttributionReport, AttributionSettings } from '../../../preload/contract/index.ts';
import { formatCount, formatNumber, formatTable } from '../format.ts';
import type { Output } from '../output.ts';

/** Words shown. */
const SHOWN_WORDS = 8;

/** What was explained, and with how much. */
function settingsText(settings: AttributionSettings): string {
  const { attentionSource, segmentCount, sampleCount, isExact, steps, placeCount, wordCount, backgroundCount } =
    settings;
  const parts = [
    attentionSource,
    segmentCount === undefined ? undefined : `${segmentCount} superpixels`,
    sampleCount === undefined ? undefined : `${formatCount(sampleCount)} samples${isExact ? ' (all)' : ''}`,
    steps === undefined ? undefined : `${steps} steps`,
    placeCount === undefined ? undefined : `${formatCount(placeCount)} places`,
    wordCount === undefined ? undefined : `${wordCount} words`,
    backgroundCount === undefined ? undefined : `against ${formatCount(backgroundCount)} images`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** Gaps of sums that must be equal are tiny: digits would hide that. */
function gapText(gap: number | null): string {
  if (gap === null) return '-';
  return Math.abs(gap) < 0.001 ? (gap === 0 ? '0' : gap.toExponential(0)) : formatNumber(gap);
}

/** Everything about one image's attributions. */
export function attributionText(report: AttributionReport, { bold }: Output): string {
  const { attributions, refused, agreement, random, words } = report;
  const methods = [
    ['method', 'explained', 'fit R2', 'gap', 'insertion', 'deletion', 'images', 'seconds'],
    ...attributions.map(({ method, settings, fit, gap, insertion, deletion, evaluationCount, seconds }) => [
      method,
      `${method === 'linear-shap' ? 'word' : 'base'} logit: ${settingsText(settings)}`,
      formatNumber(fit),
      gapText(gap),
      formatNumber(insertion),
      formatNumber(deletion),
      formatCount(evaluationCount),
      seconds.toFixed(1),
    ]),
    ['random order', '', '', '', formatNumber(random.insertion), formatNumber(random.deletion), '', ''],
  ];
  const names = attributions.map(({ method }) => method);
  const { chance } = agreement;
  const pairs = (table: readonly (readonly (number | null)[])[]): string =>
    formatTable(
      [
        ['', ...names],
        ...names.map((name, row) => [
          name,
          ...names.map((_, column) => (row === column ? '.' : formatNumber(table[row]![column]!))),
        ]),
      ],
      names.map((_, index) => index + 1),
    );
  return [
    bold(report.imagePath),
    `Logit of "${report.className}" in the base model: ${formatNumber(report.baseLogit)} (it answers "${report.baseClassName}")`,
    '',
    formatTable(methods, [2, 3, 4, 5, 6, 7]),
    ...refused.map(({ method, reason }) => `${method} left out: ${reason}`),
    ...(names.length < 2
      ? []
      : [
          '',
          bold(`Rank correlation of the maps (chance ${formatNumber(chance.rankCorrelation)})`),
          pairs(agreement.rankCorrelation),
          '',
          bold(`IoU of the strongest halves (chance ${formatNumber(chance.halfIou)})`),
          pairs(agreement.halfIou),
        ]),
    ...(words.length === 0
      ? []
      : [
          '',
          bold('SHAP over words: logits above the mean training image'),
          formatTable(
            words
              .slice(0, SHOWN_WORDS)
              .map(({ wordIndex, name, contribution }) => [String(wordIndex), name ?? '-', formatNumber(contribution)]),
            [0, 2],
          ),
        ]),
  ].join('\n');
}
