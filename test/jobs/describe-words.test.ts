/** Describing words through the compute process on real images: what is sent, what is returned, and that both agree. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import { float32 } from '../../main/engine/tensor/tensor.ts';
import { parsePreset } from '../../main/engine/training/preset-check.ts';
import type { WordModel } from '../../main/engine/words/word-model.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import type { DescribeWordsEvent, DescribeWordsOutput, ImageReference, JobQueue } from '../../main/jobs/index.ts';
import { listImageFiles } from '../../main/platform/walk.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATA = join(ROOT, '../shared/data');
const modelPath = join(DATA, 'models/mobilenetv2_caltech24.onnx');
const preprocessing = presetPreprocessing('imagenet', { width: 224, height: 224, channels: 3, layout: 'NCHW' });
const WORDS = 12;
/** Index of a word that no image shows. */
const SILENT = WORDS;

/** The same model with one more word, opposite to every feature: features behind a ReLU are never negative. */
function withSilentWord(model: WordModel): WordModel {
  const [wordCount, dimension] = model.words.shape as [number, number];
  const [classCount] = model.lastLayer.shape as [number, number];
  const weights = Array.from({ length: classCount }, (_, row) => [
    ...model.lastLayer.data.subarray(row * wordCount, (row + 1) * wordCount),
    0.5,
  ]);
  return {
    ...model,
    words: float32([...model.words.data, ...new Float32Array(dimension).fill(-1)], [wordCount + 1, dimension]),
    lastLayer: float32(weights.flat(), [classCount, wordCount + 1]),
  };
}

describe.skipIf(!existsSync(modelPath))('describeWords on the shared model and images', () => {
  let queue: JobQueue;
  let folder: string;
  let images: ImageReference[];
  let wordModel: WordModel;
  let output: DescribeWordsOutput;
  let again: DescribeWordsOutput;
  let trained: number[];
  const events: DescribeWordsEvent[] = [];

  beforeAll(async () => {
    queue = createJobQueue();
    folder = mkdtempSync(join(tmpdir(), 'vislex-describe-'));
    const { files } = await listImageFiles(join(DATA, 'caltech24/test'));
    const step = Math.floor(files.length / 40);
    const paths = files.filter((_, index) => index % step === 0).map((file) => file.path);
    images = [];
    await queue.run(
      'inspectImages',
      { paths },
      { onEvent: (chunk) => chunk.forEach((file) => file.status === 'ok' && images.push(file)) },
    );
    const extracted = await queue.run('extract', { modelPath, images, preprocessing, cachesFolder: folder });
    const all = images.map((_, index) => index);
    trained = all.filter((index) => index % 3 !== 0);
    const shared = {
      model: { modelPath, preprocessing },
      cut: extracted.cut,
      cacheFolder: extracted.cacheFolder,
      images: images.map((image) => image.sha256),
    };
    const learned = await queue.run('learn', {
      ...shared,
      splits: { train: trained, validation: all.filter((index) => index % 3 === 0) },
      preset: parsePreset(JSON.parse(readFileSync(join(ROOT, 'resources/presets/kmeans.json'), 'utf8'))),
      wordCount: WORDS,
      seed: 2,
    });
    wordModel = withSilentWord(learned.model);
    const silent = { imageIndex: trained[0]!, row: 0, column: 0, distance: 0 };
    const input = { ...shared, wordModel, pushed: [...learned.patches, silent], seed: 4, patchCount: 4 };
    output = await queue.run('describeWords', input, { onEvent: (event) => events.push(event) });
    again = await queue.run('describeWords', input);
  }, 120_000);

  afterAll(async () => {
    await queue.dispose();
    rmSync(folder, { recursive: true });
  });

  /** Scores [words] by image, as sent. */
  function sentScores(): Map<number, Float32Array> {
    const wordCount = WORDS + 1;
    return new Map(
      events.flatMap((event) =>
        event.kind === 'images'
          ? event.imageIndices.map((imageIndex, row) => {
              return [imageIndex, event.wordScores.slice(row * wordCount, (row + 1) * wordCount)] as const;
            })
          : [],
      ),
    );
  }

  /** The map of a word in an image, after later events replaced earlier ones. */
  function keptMap(imageIndex: number, word: number): Float32Array | undefined {
    const kept = events.flatMap((event) => event.kept).findLast((maps) => maps.imageIndex === imageIndex)!;
    const place = kept.wordIndices.indexOf(word);
    const positions = kept.maps.length / kept.wordIndices.length;
    return place < 0 ? undefined : kept.maps.slice(place * positions, (place + 1) * positions);
  }

  /** Mean |score x weight| for the class with the largest base logit. */
  function meanPush(word: number): number {
    const [classCount, wordCount] = wordModel.lastLayer.shape as [number, number];
    const pushes = events.flatMap((event) => {
      if (event.kind !== 'images') return [];
      return event.imageIndices.map((_, row) => {
        const logits = [...event.baseLogits.slice(row * classCount, (row + 1) * classCount)];
        const weight = wordModel.lastLayer.data[logits.indexOf(Math.max(...logits)) * wordCount + word]!;
        return Math.abs(event.wordScores[row * wordCount + word]! * weight);
      });
    });
    return pushes.reduce((sum, push) => sum + push, 0) / pushes.length;
  }

  it('sends every image once, and the same description for the same seed', () => {
    expect([...sentScores().keys()].sort((a, b) => a - b)).toEqual(images.map((_, index) => index));
    expect(again).toEqual(output);
  });

  it('sends word logits that are the sum of score x weight and bias', () => {
    for (const event of events) {
      if (event.kind !== 'images') continue;
      const [classCount, wordCount] = wordModel.lastLayer.shape as [number, number];
      for (let row = 0; row < event.imageIndices.length; row++) {
        for (let classIndex = 0; classIndex < classCount; classIndex++) {
          let sum = wordModel.bias.data[classIndex]!;
          for (let word = 0; word < wordCount; word++) {
            sum += event.wordScores[row * wordCount + word]! * wordModel.lastLayer.data[classIndex * wordCount + word]!;
          }
          expect(event.wordLogits[row * classCount + classIndex]).toBeCloseTo(sum, 3);
        }
      }
    }
  });

  it('sends the map of every patch; the similarity of the patch is its value there', () => {
    for (const patch of output.words.flatMap((word) => word.patches)) {
      const map = keptMap(patch.imageIndex, patch.word);
      expect(map?.[patch.row * 7 + patch.column]).toBe(patch.similarity);
      expect(patch.distance).toBeNull();
    }
  });

  it('ranks the strongest images first, by the scores it sent', () => {
    const scores = sentScores();
    for (const { word, patches } of output.words.filter((described) => described.word !== SILENT)) {
      const best = [...scores].sort((a, b) => b[1][word]! - a[1][word]!).slice(0, 4);
      const top = patches.filter(({ kind }) => kind === 'top');
      expect(top.map(({ rank }) => rank)).toEqual([0, 1, 2, 3]);
      top.forEach(({ similarity }, rank) => expect(similarity).toBeCloseTo(best[rank]![1][word]!, 4));
    }
  });

  it('shows the pushed patch of every word, from a training image, and boxes inside the view', () => {
    for (const { patches } of output.words) {
      const pushed = patches.filter(({ kind }) => kind === 'pushed');
      expect(pushed.length).toBe(1);
      expect(trained).toContain(pushed[0]!.imageIndex);
      for (const box of patches.flatMap((patch) => [patch.receptiveBox, patch.activationCrop])) {
        expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(0);
        expect(Math.max(box.left + box.width, box.top + box.height)).toBeLessThanOrEqual(224);
        expect(Math.min(box.width, box.height)).toBeGreaterThan(0);
      }
    }
  });

  it('states frequency and importance as the scores and logits it sent say', () => {
    const scores = [...sentScores().values()];
    for (const { word, frequency, importance } of output.words) {
      const strong = scores.filter((own) => own[word]! > 0 && own.filter((score) => score > own[word]!).length < 10);
      expect(frequency).toBeCloseTo(strong.length / images.length, 6);
      expect(importance).toBeCloseTo(meanPush(word), 3);
    }
    const total = output.words.flatMap(({ shares }) => [...shares]).reduce((sum, share) => sum + share, 0);
    const pushing = output.words.filter(({ shares }) => shares.some((share) => share > 0)).length;
    expect(total).toBeCloseTo(pushing, 6);
  });

  it('keeps a word that is never active, without inventing evidence for it', () => {
    const silent = output.words[SILENT]!;
    expect(output.words.map(({ word }) => word)).toEqual(Array.from({ length: WORDS + 1 }, (_, word) => word));
    expect(silent).toMatchObject({ frequency: 0, importance: 0, useSharedness: NaN, classes80: NaN });
    expect(silent.attentionFidelity.value).toBeNull();
    expect(silent.patches.map(({ kind }) => kind)).toEqual(['pushed']);
  });
});
