/** The main job through the compute process on real images: learn, evaluate, explain, export. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitToModel, normalizePixels } from '../../main/engine/image/preprocess.ts';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import { decodeImage } from '../../main/engine/runtime/decode-image.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import { zeros } from '../../main/engine/tensor/tensor.ts';
import { parsePreset } from '../../main/engine/training/preset-check.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import type { ExtractOutput, ImageReference, JobQueue } from '../../main/jobs/index.ts';
import { listImageFiles } from '../../main/platform/walk.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATA = join(ROOT, '../shared/data');
const modelPath = join(DATA, 'models/mobilenetv2_caltech4_sticker.onnx');
const preprocessing = presetPreprocessing('imagenet', { width: 224, height: 224, channels: 3, layout: 'NCHW' });
const model = { modelPath, preprocessing };

describe.skipIf(!existsSync(modelPath))('with the shared model and images', () => {
  let queue: JobQueue;
  let folder: string;
  let images: ImageReference[];
  let extracted: ExtractOutput;
  let train: number[];
  let validation: number[];

  beforeAll(async () => {
    queue = createJobQueue();
    folder = mkdtempSync(join(tmpdir(), 'vislex-words-'));
    const { files } = await listImageFiles(join(DATA, 'caltech4_sticker/test_clean'));
    const paths = files.filter((_, index) => index % 2 === 0).map((file) => file.path);
    images = [];
    await queue.run(
      'inspectImages',
      { paths },
      { onEvent: (chunk) => chunk.forEach((file) => file.status === 'ok' && images.push(file)) },
    );
    extracted = await queue.run('extract', { modelPath, images, preprocessing, cachesFolder: folder });
    const all = images.map((_, index) => index);
    train = all.filter((index) => index % 3 !== 0);
    validation = all.filter((index) => index % 3 === 0);
  });

  afterAll(async () => {
    await queue.dispose();
    rmSync(folder, { recursive: true });
  });

  const learn = () =>
    queue.run('learn', {
      model,
      cut: extracted.cut,
      cacheFolder: extracted.cacheFolder,
      images: images.map((image) => image.sha256),
      splits: { train, validation },
      preset: parsePreset(JSON.parse(readFileSync(join(ROOT, 'resources/presets/kmeans.json'), 'utf8'))),
      wordCount: 8,
      seed: 5,
    });

  it('learns the same words twice, evaluates them, explains an image with them and exports them', async () => {
    const { model: wordModel, patches } = await learn();
    expect((await learn()).model).toEqual(wordModel);
    expect(patches.length).toBe(8);

    const cut = extracted.cut;
    const evaluation = await queue.run('evaluate', {
      model,
      cut,
      cacheFolder: extracted.cacheFolder,
      images,
      indices: validation,
      directionIndices: train,
      wordModel,
      seed: 1,
      perturbedImageCount: 2,
    });
    expect(evaluation.imageCount).toBe(validation.length);
    expect(evaluation.predictionFidelity.value).toBeGreaterThan(0.4); // four classes: chance is about a quarter
    expect(evaluation.insertion.value).toBeGreaterThan(0);

    const imagePath = images[0]!.path;
    const explained = await queue.run('explainImage', { model, cut, wordModel, imagePath });
    const { decision } = explained;
    const sum = decision.contributions.reduce((total, { contribution }) => total + contribution, 0);
    expect(sum + decision.bias + decision.residual).toBeCloseTo(explained.baseLogits[explained.classIndex]!, 4);
    expect(explained.sha256).toBe(images[0]!.sha256);

    // The exported file, run by itself, gives what the two models gave together.
    const outputPath = join(folder, 'words.onnx');
    const { inputName } = await queue.run('exportModel', { model, cut, wordModel, outputPath });
    const session = await createRunner({ provider: 'cpu' }).openModel(outputPath);
    const input = zeros('float32', [1, 3, 224, 224]);
    const pixels = fitToModel(preprocessing, await decodeImage(readFileSync(imagePath), imagePath));
    normalizePixels(preprocessing, pixels, input.data);
    const outputs = await session.run({ [inputName]: input });
    await session.dispose();
    expect(outputs['activationMaps']!.shape).toEqual([1, 8, 7, 7]);
    const close = (name: string, expected: Float32Array) =>
      expected.forEach((value, index) => expect(Number(outputs[name]!.data[index])).toBeCloseTo(value, 3));
    close('logits', explained.wordLogits);
    close('wordScores', explained.scores);
    close('activationMaps', explained.activationMaps);
  });

  it('refuses to explain a class the model does not have', async () => {
    const { model: wordModel } = await learn();
    const imagePath = images[0]!.path;
    const error = queue.run('explainImage', { model, cut: extracted.cut, wordModel, imagePath, classIndex: 4 });
    await expect(error).rejects.toMatchObject({ code: 'configuration', message: expect.stringContaining('0 to 3') });
  });
});
