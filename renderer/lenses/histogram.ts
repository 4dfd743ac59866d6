/** Geometry of a small histogram. */
import type { Histogram } from '../../preload/contract/index.ts';

/** One bar in a drawing of 100 x 100, from the left, y down. */
export interface HistogramBar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Bars of a histogram. Heights are logarithms of 1 + count, so that the few images in which a word is strong stay
 * visible beside the many in which it is weak.
 */
export function histogramBars(histogram: Histogram): readonly HistogramBar[] {
  const most = Math.log1p(Math.max(0, ...histogram.counts));
  const width = 100 / Math.max(1, histogram.counts.length);
  return histogram.counts.flatMap((count, bin) => {
    if (count <= 0) return [];
    const height = (100 * Math.log1p(count)) / most;
    return [{ x: bin * width, y: 100 - height, width: width * 0.86, height }];
  });
}

/** Middle of the fullest bin: where most scores lie. */
export function histogramPeak(histogram: Histogram): number {
  const fullest = histogram.counts.indexOf(Math.max(...histogram.counts));
  const width = (histogram.high - histogram.low) / Math.max(1, histogram.counts.length);
  return histogram.low + (Math.max(0, fullest) + 0.5) * width;
}
