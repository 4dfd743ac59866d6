/** Learning as a whole on features whose parts are known. */
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import type { FeatureSource } from '../../../main/engine/training/feature-source.ts';
import { learnWords } from '../../../main/engine/training/learn.ts';
import type { LearnOptions, LearnProgress, LearnResult } from '../../../main/engine/training/learn-types.ts';
import { parsePreset } from '../../../main/engine/training/preset-check.ts';
import type { Preset } from '../../../main/engine/training/preset.ts';
import { openWordModel } from '../../../main/engine/words/open-word-model.ts';
import { memorySource } from '../../support/plain-word-model.ts';
import { syntheticSet } from '../../support/synthetic-features.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });
const SIZE = { count: 72, channels: 10, side: 4, classCount: 4 };
const set = syntheticSet(SIZE, 7);
const all = Array.from({ length: SIZE.count }, (_, index) => index);
const splits = {
  train: all.filter((index) => index % 3 !== 2 && index < 64),
  validation: all.filter((index) => index % 3 === 2 && index < 64),
};
const held = all.filter((index) => index >= 64);

/** Evidence and principal rows, two trained epochs, words tied to patches. */
const TIED: Preset = parsePreset({
  name: 'tied',
  title: 'Test',
  description: 'Test',
  wordCount: { kind: 'fixed', count: 6 },
  addOn: { kind: 'structured', evidenceScale: 1, principalScale: 0.3, principalCount: 4, activation: 'relu' },
  similarity: { kind: 'cosinePower', exponent: 3 },
  pooling: 'mean',
  wordStart: 'sphericalKmeans',
  tiedWords: true,
  lastLayer: { start: 'neutral', fit: 'convex', nonNegative: true, bias: false, l2: [1e-2, 1e-4] },
  batchSize: 8,
  phases: [
    {
      phase: 'joint',
      epochs: 4,
      lossWeights: { crossEntropy: 1, softIou: 1, imageContrast: 0.3 },
      rates: { addOn: { rate: 3e-3 } },
      pushAfter: false,
      patience: 3,
    },
  ],
});

/** The published kind: sigmoid add-on, free words, distances, push, last layer trained in a phase. */
const FREE: Preset = parsePreset({
  ...TIED,
  name: 'free',
  addOn: { kind: 'random', layers: [{ size: 8, activation: 'relu' }, { size: 8, activation: 'sigmoid' }] }, // prettier-ignore
  similarity: { kind: 'log' },
  pooling: 'max',
  wordStart: 'uniform',
  tiedWords: false,
  batchSize: 8,
  lastLayer: { start: 'classSpecific', fit: 'phases', nonNegative: false, bias: false, l2: [] },
  phases: [
    {
      phase: 'joint',
      epochs: 2,
      lossWeights: { crossEntropy: 1, clusterCost: 0.8, l1: 1e-4, attentionAlignment: 10 },
      rates: { addOn: { rate: 3e-3, decay: 1e-3 }, words: { rate: 3e-3 } },
      decay: { epochs: 1, factor: 0.5 },
      pushAfter: true,
    },
    {
      phase: 'lastLayer',
      epochs: 2,
      lossWeights: { crossEntropy: 1 },
      rates: { lastLayer: { rate: 1e-2 } },
      pushAfter: false,
    },
  ],
});

function learn(preset: Preset, changes: Partial<LearnOptions> = {}): Promise<LearnResult> {
  return learnWords({
    preset,
    seed: 3,
    splits,
    classDirections: set.head,
    source: memorySource(set.batch),
    runner,
    ...changes,
  });
}

/** Everything a user sees of a result, for exact comparison. */
function contents({ model, patches, history, chosen }: LearnResult) {
  return { model, patches, history, chosen };
}

describe('learnWords', () => {
  it('agrees with the base model on images it never saw, with words that are real training patches', async () => {
    const { model, patches } = await learn(TIED);
    const source = memorySource(set.batch);
    const open = await openWordModel(runner, model, { batch: 16, channels: 10, height: 4, width: 4 });
    const { features, logits } = await source.read(held);
    const found = await open.forward(features);
    const best = (row: Float32Array): number => row.indexOf(Math.max(...row));
    held.forEach((_, index) => {
      expect(best(found.logits.data.subarray(index * 4, index * 4 + 4))).toBe(
        best(logits.data.subarray(index * 4, index * 4 + 4)),
      );
    });
    expect(patches.every(({ imageIndex }) => splits.train.includes(imageIndex))).toBe(true);
    // Every word equals z at its patch.
    const { features: own } = await source.read(patches.map(({ imageIndex }) => imageIndex));
    const { z } = await open.forward(own);
    await open.dispose();
    const dimension = model.words.shape[1]!;
    patches.forEach(({ row, column }, word) => {
      for (let channel = 0; channel < dimension; channel++) {
        const value = z.data[((word * dimension + channel) * 4 + row) * 4 + column]!;
        expect(model.words.data[word * dimension + channel]).toBeCloseTo(value, 5);
      }
    });
  });

  it.each([TIED, FREE])('gives the same result twice, and another for another seed ($name)', async (preset) => {
    const once = await learn(preset);
    expect(contents(await learn(preset))).toEqual(contents(once));
    const other = await learn(preset, { seed: 4 });
    expect(other.model.words.data).not.toEqual(once.model.words.data);
  });

  it.each([TIED, FREE])('resumes from every checkpoint to the bit of an uninterrupted run ($name)', async (preset) => {
    const checkpoints: Uint8Array[] = [];
    const whole = await learn(preset, { onCheckpoint: (bytes) => void checkpoints.push(bytes) });
    const epochs = preset.phases.reduce((sum, { epochs: count }) => sum + count, 0);
    // One after the start, one per epoch, one after each phase.
    expect(checkpoints).toHaveLength(1 + epochs + preset.phases.length);
    for (const resumeFrom of checkpoints) {
      expect(contents(await learn(preset, { resumeFrom }))).toEqual(contents(whole));
    }
  });

  it('refuses the checkpoint of a run with another seed, and a damaged one', async () => {
    const checkpoints: Uint8Array[] = [];
    await learn(TIED, { onCheckpoint: (bytes) => void checkpoints.push(bytes) });
    await expect(learn(TIED, { seed: 9, resumeFrom: checkpoints[0]! })).rejects.toMatchObject({ code: 'checkpoint' });
    await expect(learn(TIED, { resumeFrom: checkpoints[0]!.slice(0, -7) })).rejects.toMatchObject({
      code: 'checkpoint',
    });
  });

  it('stops between steps when cancelled, and the last checkpoint leads to the uninterrupted result', async () => {
    const whole = await learn(TIED);
    const signal = { aborted: false };
    let last: Uint8Array | undefined;
    const cancelled = learn(TIED, {
      signal,
      onCheckpoint: (bytes) => void (last = bytes),
      onProgress: ({ step }) => {
        if (step === 7) signal.aborted = true;
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    const steps: number[] = [];
    const onProgress = ({ step }: LearnProgress): void => void steps.push(step);
    expect(contents(await learn(TIED, { resumeFrom: last!, onProgress }))).toEqual(contents(whole));
    // An epoch has 5 steps; the second one is done again from its beginning.
    expect(steps[0]).toBe(6);
  });

  it('stops at a non-finite loss with step, phase and advice', async () => {
    const source = memorySource(set.batch);
    const poisoned: FeatureSource = {
      ...source,
      async read(indices) {
        const batch = await source.read(indices);
        // Only training batches in the middle of a run have this size.
        if (indices.length === 8) batch.logits.data.fill(Infinity);
        return batch;
      },
    };
    await expect(learn(FREE, { source: poisoned })).rejects.toMatchObject({
      code: 'non-finite-loss',
      details: { step: 1, phase: 'joint' },
      message: expect.stringMatching(/Lower the rates/) as string,
    });
  });

  it('reads images of its two splits only, a bounded number at a time', async () => {
    const source = memorySource(set.batch);
    const seen = new Set<number>();
    const watched: FeatureSource = {
      ...source,
      read(indices) {
        for (const index of indices) seen.add(index);
        return source.read(indices);
      },
    };
    await learn(FREE, { source: watched });
    expect(held.filter((index) => seen.has(index))).toEqual([]);
    expect(source.largestRead()).toBeLessThanOrEqual(64);
  });

  it('keeps the epoch with the lowest validation loss', async () => {
    const { history, chosen } = await learn({ ...TIED, phases: [{ ...TIED.phases[0]!, epochs: 6, patience: 6 }] });
    const totals = history.map(({ validation }) => validation['total']!);
    if (chosen.epoch > 0) expect(totals[chosen.epoch - 1]).toBe(Math.min(...totals));
    expect(totals).toHaveLength(6);
  });

  it('lowers every loss it trains', async () => {
    const { history } = await learn({ ...TIED, phases: [{ ...TIED.phases[0]!, epochs: 6, patience: undefined }] });
    expect(history.at(-1)!.train['softIou']).toBeLessThan(history[0]!.train['softIou']!);
    expect(history.at(-1)!.train['total']).toBeLessThan(history[0]!.train['total']!);
  });

  it('reports progress that never falls and ends at 1, with rates when it is given a clock', async () => {
    const reports: LearnProgress[] = [];
    let clock = 0;
    await learn(FREE, { onProgress: (progress) => void reports.push(progress), now: () => (clock += 100) });
    const fractions = reports.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(new Set(reports.map(({ phase }) => phase))).toEqual(new Set(['start', 'joint', 'push', 'lastLayer']));
    expect(reports.find(({ imagesPerSecond }) => imagesPerSecond !== undefined)?.imagesPerSecond).toBe(80);
  });

  it('fits labels when asked, leaving out images without one', async () => {
    const labels = set.labels.map((label, index) => (index % 10 === 0 ? null : label));
    const { notes } = await learn(FREE, { target: 'labels', labels });
    const missing = splits.train.filter((index) => index % 10 === 0).length;
    expect(notes).toContain(`${missing} training images without a label were left out.`);
    await expect(learn(FREE, { target: 'labels' })).rejects.toMatchObject({ code: 'configuration' });
  });

  it('refuses options that contradict each other, by name', async () => {
    const refused: [Partial<LearnOptions>, string][] = [
      [{ wordCount: 1 }, 'The number of words is 1'],
      [{ splits: { train: [0, 1, 2], validation: [2] } }, '1 images are in both'],
      [{ splits: { train: [0, 500], validation: [] } }, 'Image index 500 is outside'],
      [{ classDirections: undefined }, 'starts from the directions of the classes'],
      [{ seed: 0.5 }, 'The seed is 0.5'],
    ];
    for (const [changes, message] of refused) await expect(learn(TIED, changes)).rejects.toThrow(message);
    await expect(learn(TIED, { splits: { train: [0], validation: [] } })).rejects.toMatchObject({
      code: 'too-few-images',
    });
    await expect(learn(TIED, { wordCount: 5000 })).rejects.toMatchObject({ code: 'too-few-images' });
  });

  it('says so when there are no validation images to select on', async () => {
    const { notes, chosen } = await learn(TIED, { splits: { train: splits.train, validation: [] } });
    expect(notes[0]).toMatch(/no validation images/);
    expect(chosen.l2).toBe(1e-2);
  });
});
