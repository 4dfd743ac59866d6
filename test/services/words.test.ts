/** From a finished run to what people see: description stored, word sheet and explanation built from it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import type { LearnResult } from '../../main/engine/training/learn-types.ts';
import { parsePreset } from '../../main/engine/training/preset-check.ts';
import { encodeWordModel } from '../../main/engine/words/word-model-codec.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import type { ImageReference, JobQueue } from '../../main/jobs/index.ts';
import { silentLog } from '../../main/platform/log.ts';
import { sha256 } from '../../main/platform/hash.ts';
import { listImageFiles } from '../../main/platform/walk.ts';
import { createContext } from '../../main/services/context.ts';
import { describeRun } from '../../main/services/description.ts';
import { buildExplanation } from '../../main/services/explanations.ts';
import { IMAGE_FOLDER } from '../../main/services/project-access.ts';
import { buildWordSheet } from '../../main/services/words.ts';
import type { JsonObject, Project } from '../../main/store/index.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { TEST_MODEL, testImage, withTempProject } from '../support/temp-project.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATA = join(ROOT, '../shared/data');
const imagesFolder = join(DATA, 'caltech24/test');
const modelPath = join(DATA, 'models/mobilenetv2_caltech24.onnx');
const preprocessing = presetPreprocessing('imagenet', { width: 224, height: 224, channels: 3, layout: 'NCHW' });
const WORDS = 12;

describe.skipIf(!existsSync(modelPath))('words of a run on the shared model and images', () => {
  let queue: JobQueue;
  let images: ImageReference[];

  beforeAll(async () => {
    queue = createJobQueue();
    const { files } = await listImageFiles(imagesFolder);
    const step = Math.floor(files.length / 40);
    images = [];
    await queue.run(
      'inspectImages',
      { paths: files.filter((_, index) => index % step === 0).map((file) => file.path) },
      { onEvent: (chunk) => chunk.forEach((file) => file.status === 'ok' && images.push(file)) },
    );
  });

  afterAll(() => queue.dispose());

  /** A project whose run is learned, described and finished. */
  async function finishRun(project: Project, path: string) {
    const { read, write } = project;
    const classLabels = readFileSync(modelPath.replace('.onnx', '.labels.txt'), 'utf8').trim().split('\n');
    const extraction = await queue.run('extract', { modelPath, images, preprocessing, cachesFolder: `${path}.cache` });
    const modelId = write.models.add('tester', {
      ...TEST_MODEL,
      path: modelPath,
      inputWidth: 224,
      inputHeight: 224,
      classLabels,
      cutPoint: extraction.cut,
      preprocessing: preprocessing as unknown as JsonObject,
      details: {
        contentHash: sha256(readFileSync(modelPath)),
        featureShape: [extraction.channels, extraction.height, extraction.width],
        cutAlternatives: [],
        preprocessingName: 'imagenet',
      },
    });
    write.settings.set('tester', IMAGE_FOLDER, imagesFolder);
    const ids = write.images.add(
      'tester',
      images.map((image, index) =>
        testImage(index, {
          path: image.path.slice(imagesFolder.length + 1),
          sha256: image.sha256,
          split: index % 3 === 0 ? 'validation' : 'train',
          labelIndex: index % 5 === 0 ? null : 3,
        }),
      ),
    );
    const records = ids.map((imageId) => read.images.get(imageId));
    const model = { modelPath, preprocessing };
    const all = images.map((_, index) => index);
    const learned: LearnResult = await queue.run('learn', {
      model,
      cut: extraction.cut,
      cacheFolder: extraction.cacheFolder,
      images: images.map((image) => image.sha256),
      splits: { train: all.filter((index) => index % 3 !== 0), validation: all.filter((index) => index % 3 === 0) },
      preset: parsePreset(JSON.parse(readFileSync(join(ROOT, 'resources/presets/kmeans.json'), 'utf8'))),
      wordCount: WORDS,
      seed: 2,
    });
    const plan = { modelId, preset: 'kmeans', config: {}, seed: 2, target: 'base', device: 'cpu' } as const;
    const run = read.runs.get(write.runs.plan('tester', { ...plan, wordCount: WORDS }));
    write.runs.start('tester', run.runId);
    const context = createContext({
      jobs: queue,
      clock: fakeClock(),
      log: silentLog,
      actor: 'tester',
      appVersion: '0.1.0',
      resourcesFolder: join(ROOT, 'resources'),
      dataFolder: path,
    });
    const labels = records.map((record) => record.labelIndex);
    const extracted = { extraction, records, references: images, labels, notes: [] };
    const description = await describeRun(context, project, run, learned, extracted, {});
    const { words, patches } = description;
    const wordModel = encodeWordModel(learned.model);
    write.runs.finish('tester', run.runId, { wordModel, parameterHash: sha256(wordModel), words, patches });
    return { model, cut: extraction.cut, learned, run: read.runs.get(run.runId), patches, classLabels };
  }

  it('come with their evidence, most important first, and explain an image as a sum', async () => {
    await withTempProject(async (project, path) => {
      const { read, write } = project;
      const { model, cut, learned, run, patches, classLabels } = await finishRun(project, path);
      write.words.rename('tester', run.runId, 5, 'wheel');

      const sheet = buildWordSheet(read);
      expect(sheet.words.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...Array(WORDS).keys()]);
      const importances = sheet.words.map(({ importance }) => importance);
      expect(importances).toEqual([...importances].sort((a, b) => b - a));
      expect(sheet.words.find(({ index }) => index === 5)!.name).toBe('wheel');
      expect(sheet.evaluation).toBeNull();
      expect(sheet.words.flatMap((word) => word.patches).length).toBe(patches.length);
      for (const { patches: shown, pushesUp, pushesDown, index } of sheet.words) {
        expect(shown[0]!.kind).toBe('pushed');
        for (const { map, row, column, similarity, imagePath } of shown) {
          const level = map.values[row * map.width + column]!;
          const value = map.low + ((map.high - map.low) * level) / 255;
          expect(Math.abs(value - similarity)).toBeLessThanOrEqual((map.high - map.low) / 255 + 1e-5);
          expect(existsSync(imagePath)).toBe(true);
        }
        const weights = classLabels.map((_, row) => learned.model.lastLayer.data[row * WORDS + index]!);
        expect(pushesUp[0]?.weight ?? 0).toBe(Math.max(...weights, 0));
        expect(pushesDown[0]?.weight ?? 0).toBe(Math.min(...weights, 0));
      }

      // An image of the project, explained by running both models on its file.
      const imagePath = images[1]!.path;
      const output = await queue.run('explainImage', { model, cut, wordModel: learned.model, imagePath });
      const explanation = buildExplanation(read, run, imagePath, output);
      const sum = explanation.contributions.reduce((total, { contribution }) => total + contribution, 0);
      expect(sum + explanation.bias + explanation.residual).toBeCloseTo(explanation.baseLogit, 4);
      expect(explanation.base[0]!.classIndex).toBe(output.baseClass);
      expect(explanation.base[0]!.logit).toBe(explanation.baseLogit);
      expect(explanation.base.reduce((total, { probability }) => total + probability, 0)).toBeCloseTo(1, 6);
      expect(explanation).toMatchObject({
        split: 'train',
        label: classLabels[3],
        className: classLabels[output.classIndex],
      });
      expect(explanation.attentionIou['50']).toBeGreaterThan(0);
      expect(explanation.attentionIou['50']).toBeLessThanOrEqual(1);

      // The same image through the cache, stored when the run was described.
      const imageId = read.images.bySha256(images[1]!.sha256)[0]!.imageId;
      const [stored] = read.activations.scores(run.runId, [imageId]);
      for (const { wordIndex, score, name, pushedImageId } of explanation.contributions) {
        expect(stored!.wordScores[wordIndex]).toBeCloseTo(score, 1);
        expect(name).toBe(wordIndex === 5 ? 'wheel' : null);
        expect(pushedImageId).toBe(read.words.patches(run.runId, wordIndex, 'pushed')[0]!.imageId);
      }
      expect(project.read.verify({}).firstBroken).toBeNull();
    });
  }, 120_000);
});
