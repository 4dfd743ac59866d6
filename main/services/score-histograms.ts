/** Histograms of every word's score over all images: made once, page by page beside other work, and kept in the project. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Histogram } from '../../preload/contract/index.ts';
import type { HistogramRecord, ProjectReader, ProjectWriter, RunRecord } from '../store/index.ts';

/** Bins of a histogram. */
export const BINS = 16;

/** Images read between two turns of the event loop: 500 images of 1,000 words are 2 MB, a few ms. */
const PAGE = 500;

/**
 * The histograms of all learned words, from the project where they are kept, else made and kept (not in a project that is
 * open for reading only).
 */
export async function scoreHistograms(
  read: ProjectReader,
  write: ProjectWriter | undefined,
  run: RunRecord,
): Promise<HistogramRecord> {
  const kept = read.activations.histograms(run.runId);
  if (kept?.imageCount === read.activations.scoreCount(run.runId)) return kept;
  const ranges = await rangesOf(read, run);
  const counts = new Uint32Array(run.wordCount * BINS);
  const scales = Float64Array.from({ length: run.wordCount }, (_, word) =>
    scaleOf(ranges[2 * word]!, ranges[2 * word + 1]!),
  );
  let imageCount = 0;
  for await (const scores of everyImage(read, run)) {
    imageCount++;
    for (let word = 0; word < run.wordCount; word++) {
      const bin = Math.floor((scores[word]! - ranges[2 * word]!) * scales[word]!);
      counts[word * BINS + Math.min(BINS - 1, bin)]!++;
    }
  }
  const record: HistogramRecord = { imageCount, ranges, counts };
  write?.activations.saveHistograms(run.runId, record);
  return record;
}

/** One word's part of the record. */
export function histogramOf({ ranges, counts }: HistogramRecord, word: number): Histogram {
  return {
    low: ranges[2 * word]!,
    high: ranges[2 * word + 1]!,
    counts: Array.from(counts.subarray(word * BINS, (word + 1) * BINS)),
  };
}

/** Histogram of some values; low and high are 0 when there is none. */
export function histogramOfValues(values: Float32Array): Histogram {
  const counts = new Array<number>(BINS).fill(0);
  if (values.length === 0) return { low: 0, high: 0, counts };
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = scaleOf(low, high);
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((value - low) * scale))]!++;
  return { low, high, counts };
}

/** Bins per unit of score; 0 where all scores are equal: they fall into the first bin. */
function scaleOf(low: number, high: number): number {
  return high > low ? BINS / (high - low) : 0;
}

async function rangesOf(read: ProjectReader, run: RunRecord): Promise<Float32Array> {
  const lows = new Float32Array(run.wordCount).fill(Infinity);
  const highs = new Float32Array(run.wordCount).fill(-Infinity);
  for await (const scores of everyImage(read, run)) {
    for (let word = 0; word < run.wordCount; word++) {
      const score = scores[word]!;
      if (score < lows[word]!) lows[word] = score;
      if (score > highs[word]!) highs[word] = score;
    }
  }
  // Without a single image there is no range.
  return Float32Array.from({ length: 2 * run.wordCount }, (_, place) => {
    const value = (place % 2 === 0 ? lows : highs)[place >> 1]!;
    return Number.isFinite(value) ? value : 0;
  });
}

/** Scores of every image, [words]; other work of the process goes on between pages. */
async function* everyImage(read: ProjectReader, { runId }: RunRecord): AsyncGenerator<Float32Array> {
  let after = 0;
  for (;;) {
    const page = read.activations.scorePage(runId, after, PAGE);
    for (const { wordScores } of page) yield wordScores;
    if (page.length < PAGE) return;
    after = page.at(-1)!.imageId;
    await nextTurn();
  }
}
