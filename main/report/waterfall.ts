/** How a logit comes about: one bar per word, the rest, the bias and the residual, ending in the base model's logit. */
import type { Explanation } from '../../preload/contract/index.ts';
import { decimal, plainWordName, signed } from './format.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import { SHOWN_CONTRIBUTIONS } from './pictures.ts';

/** One line of the waterfall. */
export interface WaterfallStep {
  readonly kind: 'word' | 'rest' | 'bias' | 'residual' | 'logit';
  readonly label: string;
  /** Position in `explanation.contributions` of a 'word'. */
  readonly contribution: number | null;
  /** Where the bar begins and ends, logits. */
  readonly from: number;
  readonly to: number;
}

/** Length of the axis and the space for a number on either side of it, px. */
const AXIS_PX = 420;
const NUMBER_PX = 52;

/** The steps in order; the last ends in `baseLogit`, and each begins where the one before it ended. */
export function waterfallSteps(explanation: Explanation): readonly WaterfallStep[] {
  const shown = explanation.contributions.slice(0, SHOWN_CONTRIBUTIONS);
  const others = explanation.contributions.slice(SHOWN_CONTRIBUTIONS);
  const rest = others.reduce((sum, { contribution }) => sum + contribution, 0);
  const amounts = [
    { kind: 'bias', label: 'bias', contribution: null, amount: explanation.bias },
    ...shown.map((row, index) => {
      return {
        kind: 'word',
        label: plainWordName({ ...row, index: row.wordIndex }),
        contribution: index,
        amount: row.contribution,
      } as const;
    }),
    ...(others.length > 0
      ? ([{ kind: 'rest', label: `${others.length} other words`, contribution: null, amount: rest }] as const)
      : []),
    { kind: 'residual', label: 'residual', contribution: null, amount: explanation.residual },
  ] as const;
  let level = 0;
  const steps: WaterfallStep[] = amounts.map(({ kind, label, contribution, amount }) => {
    const from = level;
    level += amount;
    return { kind, label, contribution, from, to: level };
  });
  steps.push({
    kind: 'logit',
    label: 'logit of the base model',
    contribution: null,
    from: 0,
    to: explanation.baseLogit,
  });
  return steps;
}

/** Draws the bar of one step on the axis all steps share. */
export function createBarPainter(steps: readonly WaterfallStep[]): (step: WaterfallStep) => Markup {
  const ends = steps.flatMap(({ from, to }) => [from, to]);
  const low = Math.min(0, ...ends);
  const range = Math.max(0, ...ends) - low || 1;
  const x = (value: number): number => Number((NUMBER_PX + ((value - low) / range) * AXIS_PX).toFixed(1));
  return (step) => {
    const left = Math.min(x(step.from), x(step.to));
    const right = Math.max(left + 1.5, x(step.from), x(step.to));
    const isUp = step.to >= step.from;
    const amount = step.kind === 'logit' ? decimal(step.to) : signed(step.to - step.from);
    const fill = step.kind === 'residual' ? 'url(#hatch)' : 'currentColor';
    const opacity = step.kind === 'residual' || isUp ? 1 : 0.22;
    return html`<svg
      class="step ${colourOf(step, isUp)}"
      viewBox="0 0 ${AXIS_PX + 2 * NUMBER_PX} 40"
      preserveAspectRatio="xMidYMid meet"
      role="img"
      aria-label="${step.label}: ${amount}"
    >
      <path d="M${x(0)} 0v40" stroke="var(--line)" />
      <rect
        x="${left}"
        y="11"
        width="${(right - left).toFixed(1)}"
        height="18"
        rx="2"
        fill="${fill}"
        fill-opacity="${opacity}"
        stroke="${isUp && step.kind !== 'residual' ? 'none' : 'currentColor'}"
      />
      ${step.kind !== 'logit' && html`<path d="M${x(step.to)} 29V40" stroke="var(--quiet)" stroke-dasharray="2 2" />`}
      <text x="${isUp ? right + 6 : left - 6}" y="24.5" text-anchor="${isUp ? 'start' : 'end'}">${amount}</text>
    </svg>`;
  };
}

function colourOf(step: WaterfallStep, isUp: boolean): string {
  if (step.kind === 'word' || step.kind === 'rest') return isUp ? 'up' : 'down';
  return step.kind === 'logit' ? 'total' : 'neutral';
}

/** The hatch of what no word explains; once per page. */
export const HATCH = html`<svg width="0" height="0" class="seen-not" aria-hidden="true">
  <defs>
    <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <path d="M0 0V6" stroke="var(--quiet)" stroke-width="3" />
    </pattern>
  </defs>
</svg>`;
