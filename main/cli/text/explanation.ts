/** Text of one image's explanation. */
import type { ClassProbability, Explanation } from '../../../preload/contract/index.ts';
import { formatNumber, formatShare, formatTable } from '../format.ts';
import type { Output } from '../output.ts';

/** Words shown; the rest is one line, so that the column still adds up. */
const SHOWN_WORDS = 10;

/** Classes shown per model. */
const SHOWN_CLASSES = 3;

function prediction(classes: readonly ClassProbability[]): string {
  return classes
    .toSorted((one, other) => other.probability - one.probability)
    .slice(0, SHOWN_CLASSES)
    .map(({ className, probability }) => `${className} ${probability.toFixed(3)}`)
    .join(', ');
}

/** Both predictions, the sum that leads to the base model's logit, and the overlap with Grad-CAM. */
export function explanationText(explanation: Explanation, { bold }: Output): string {
  const { contributions, bias, residual, baseLogit, attentionIou } = explanation;
  const shown = contributions.slice(0, SHOWN_WORDS);
  const rest = contributions.slice(SHOWN_WORDS);
  const restSum = rest.reduce((sum, { contribution }) => sum + contribution, 0);
  const facts = [
    ['base model', prediction(explanation.base)],
    ['word model', prediction(explanation.wordModel)],
    ...(explanation.label === null ? [] : [['label', explanation.label]]),
    ...(explanation.split === null ? [] : [['split', explanation.split]]),
  ];
  const sum = [
    ['word', 'name', 'score', 'weight', 'contribution'],
    ...shown.map(({ wordIndex, name, score, weight, contribution }) => [
      String(wordIndex),
      name ?? '-',
      formatNumber(score),
      formatNumber(weight),
      formatNumber(contribution),
    ]),
    ...(rest.length === 0 ? [] : [['', `${rest.length} more words`, '', '', formatNumber(restSum)]]),
    ['', 'bias', '', '', formatNumber(bias)],
    ['', 'residual', '', '', formatNumber(residual)],
    ['', 'base logit', '', '', formatNumber(baseLogit)],
  ];
  const ious = (['50', '75', '90'] as const)
    .map((level) => `${formatNumber(attentionIou[level])} @${level}`)
    .join(', ');
  return [
    bold(explanation.imagePath),
    formatTable(facts),
    '',
    bold(
      `Why "${explanation.className}" (logits; explained share ${explanation.explainedShare === null ? '-' : formatShare(explanation.explainedShare)})`,
    ),
    formatTable(sum, [0, 2, 3, 4]),
    '',
    `IoU of the words' maps with Grad-CAM (${explanation.attentionSource}): ${ious}`,
  ].join('\n');
}
