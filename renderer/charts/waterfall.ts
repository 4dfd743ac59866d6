/** Geometry of a waterfall: amounts laid end to end, from zero to their sum. */
import { extent } from './scale.ts';
import type { Range } from './scale.ts';

/** One amount of the sum. */
export interface WaterfallAmount {
  /** Unique among the amounts. */
  readonly key: string;
  readonly label: string;
  readonly amount: number;
  /** 'part': coloured by its sign. 'start': what the sum begins with. 'unexplained': hatched. */
  readonly kind: 'start' | 'part' | 'unexplained';
}

/** An amount in its place: each begins where the one before it ended. */
export interface WaterfallStep extends Omit<WaterfallAmount, 'kind'> {
  readonly kind: WaterfallAmount['kind'] | 'total';
  readonly from: number;
  readonly to: number;
}

/** The whole figure. */
export interface WaterfallLayout {
  /** The amounts in order, then the total. */
  readonly steps: readonly WaterfallStep[];
  /** Holds every bar and zero. */
  readonly domain: Range;
}

/**
 * Lays amounts end to end and ends with a bar from zero to the total.
 * @param total.value what the amounts add up to; the last amount ends exactly there, whatever the sums were rounded to
 */
export function layOutWaterfall(
  amounts: readonly WaterfallAmount[],
  total: { readonly key: string; readonly label: string; readonly value: number },
): WaterfallLayout {
  let level = 0;
  const steps = amounts.map((amount, place): WaterfallStep => {
    const from = level;
    level = place === amounts.length - 1 ? total.value : level + amount.amount;
    return { ...amount, from, to: level };
  });
  steps.push({ key: total.key, label: total.label, kind: 'total', amount: total.value, from: 0, to: total.value });
  return {
    steps,
    domain: extent(
      steps.flatMap(({ from, to }) => [from, to]),
      [0],
    ),
  };
}
