/** A whole evaluation of word models whose figures are known beforehand. */
import { describe, expect, it } from 'vitest';
import { gradCamOfLinearHead } from '../../../main/engine/explain/grad-cam.ts';
import { evaluateWordModel } from '../../../main/engine/metrics/evaluate.ts';
import type { EvaluateOptions } from '../../../main/engine/metrics/evaluate.ts';
import type { Measure } from '../../../main/engine/metrics/measure.ts';
import { predictedClass } from '../../../main/engine/metrics/outcome.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import type { WordModel } from '../../../main/engine/words/word-model.ts';
import { memorySource, plainForward } from '../../support/plain-word-model.ts';

/**
 * A base model whose words are known: channel c is the evidence of class c, logits are its mean over 4 x 4 positions.
 * Every image holds one blob of its class at a random place over weak noise.
 */
const CLASSES = 3;
const SIDE = 4;
const POSITIONS = SIDE * SIDE;
const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

function makeImages(count: number, seed: number): { source: ReturnType<typeof memorySource>; labels: number[] } {
  const random = createRandom(seed);
  const features = new Float32Array(count * CLASSES * POSITIONS).map(() => 0.05 * random.next());
  const labels = Array.from({ length: count }, (_, image) => image % CLASSES);
  labels.forEach((label, image) => {
    features[(image * CLASSES + label) * POSITIONS + random.integer(POSITIONS)]! += 4;
  });
  const values = float32(features, [count, CLASSES, SIDE, SIDE]);
  const logits = Float32Array.from({ length: count * CLASSES }, (_, index) => {
    const map = features.subarray(index * POSITIONS, (index + 1) * POSITIONS);
    return map.reduce((sum, value) => sum + value, 0) / POSITIONS;
  });
  const classes = labels.map((_, image) => predictedClass(logits.subarray(image * CLASSES, (image + 1) * CLASSES)));
  const attention = gradCamOfLinearHead(values, classes, float32(IDENTITY, [3, 3])).maps;
  return { source: memorySource({ features: values, logits: float32(logits, [count, CLASSES]), attention }), labels };
}

/** One word per class that reads exactly that class's channel: |z| relu(cos)^1 = z . p for unit words. */
function perfectModel(): WordModel {
  return {
    addOn: [],
    similarity: { kind: 'cosinePower', exponent: 1 },
    pooling: 'mean',
    words: float32(IDENTITY, [3, 3]),
    lastLayer: float32(IDENTITY, [3, 3]),
    bias: float32([0, 0, 0]),
  };
}

const COUNT = 33;

function optionsFor(model: WordModel, extra: Partial<EvaluateOptions> = {}, count = COUNT): EvaluateOptions {
  const { source, labels } = makeImages(count, 5);
  return {
    source,
    indices: Array.from({ length: count }, (_, index) => index),
    labels,
    wordModel: model,
    forward: plainForward(model),
    random: createRandom(1),
    classDirections: float32(IDENTITY, [3, 3]),
    ...extra,
  };
}

describe('evaluation of a word model that repeats the base model', async () => {
  const result = await evaluateWordModel(optionsFor(perfectModel()));

  it('finds full agreement, no divergence and everything explained', () => {
    expect(result.imageCount).toBe(COUNT);
    expect(result.predictionFidelity).toMatchObject({ value: 1, high: 1, n: COUNT });
    expect(result.predictionFidelity.value).not.toBe((result.predictionFidelity as Measure).low);
    expect((result.predictionFidelity as Measure).chance).toBeCloseTo(1 / 3, 3);
    expect(result.kappa.value).toBe(1);
    expect(result.softFidelity.value).toBeCloseTo(0, 6);
    expect(result.logitCorrelation.value).toBeCloseTo(1, 6);
    expect(result.explainedShare.value).toBeCloseTo(1, 5);
    expect(result.baseAccuracy).toMatchObject({ value: 1, n: COUNT });
    expect(result.accuracyGap.value).toBe(0);
    expect(result.accuracyGapPValue).toBe(1);
    expect(result.predictionFidelityOnBaseErrors).toMatchObject({
      value: null,
      reason: 'the base model makes no error on these images',
    });
  });

  it('finds words that are class names in disguise, and counts them', () => {
    expect(result.sharedness.value).toBe(0);
    expect(result.useSharedness.value).toBe(0);
    expect(result.classes80.value).toBe(1);
    expect(result.wordsPerDecision.value).toBe(1);
    expect(result.wordCount).toMatchObject({ value: 3, n: 3 });
    expect(result.sparsity.value).toBeCloseTo(2 / 3, 6);
    expect(result.wordCosine.value).toBe(0);
    expect(result.words).toHaveLength(3);
    expect(result.classes.map(({ imageCount, wordCount }) => [imageCount, wordCount])).toEqual([
      [11, 1],
      [11, 1],
      [11, 1],
    ]);
  });

  it('finds attention well above shuffled images, and the margin is their paired difference', () => {
    const { attentionFidelity, attentionMargin, controls } = result;
    for (const key of ['50', '75', '90'] as const) {
      const own = attentionFidelity[key] as Measure;
      const shuffled = controls.shuffled.attentionFidelity[key] as Measure;
      expect(own.low).toBeGreaterThan(shuffled.high);
      expect(attentionMargin[key].value).toBeCloseTo(own.value - shuffled.value, 9);
      expect(own.low).toBeLessThanOrEqual(own.value);
      expect(own.high).toBeGreaterThanOrEqual(own.value);
    }
    // The only evidence is the blob: the strongest class evidence and the norm of F point at it as well.
    expect((controls.classEvidence.attentionFidelity['90'] as Measure).value).toBeGreaterThan(0.5);
    expect((controls.featureNorm.attentionFidelity['90'] as Measure).value).toBeGreaterThan(0.5);
    // Blobs lie anywhere: neither the centre nor another image knows where.
    expect(Math.abs((controls.centre.margin['75'] as Measure).value)).toBeLessThan(0.15);
  });
});

describe('evaluation', () => {
  it('gives the same numbers for the same seed, and the same means in any order of the images', async () => {
    const plain = await evaluateWordModel(optionsFor(perfectModel()));
    expect(await evaluateWordModel(optionsFor(perfectModel()))).toEqual(plain);
    const indices = Array.from({ length: COUNT }, (_, index) => COUNT - 1 - index);
    const reversed = await evaluateWordModel(optionsFor(perfectModel(), { indices }));
    expect(reversed.attentionFidelity['75'].value).toBeCloseTo(plain.attentionFidelity['75'].value!, 9);
    expect(reversed.partness.value).toBeCloseTo(plain.partness.value!, 9);
  });

  it('never reads more than one batch at once, and never one image alone', async () => {
    const steps: number[] = [];
    const options = optionsFor(perfectModel(), { onProgress: (done) => steps.push(done) }, 129);
    await evaluateWordModel(options);
    expect((options.source as ReturnType<typeof memorySource>).largestRead()).toBe(64);
    expect(steps).toEqual([64, 127, 129]);
  });

  it('stops when the evaluation changes a parameter', async () => {
    const model = perfectModel();
    const forward = plainForward(model);
    const options = optionsFor(model, {
      forward: (features) => {
        model.words.data[0]! += 1e-3;
        return forward(features);
      },
    });
    await expect(evaluateWordModel(options)).rejects.toThrow('internal: evaluation changed the word model');
  });

  it('is cancelled by the signal and refuses an empty split by name', async () => {
    await expect(evaluateWordModel(optionsFor(perfectModel(), { signal: { aborted: true } }))).rejects.toMatchObject({
      code: 'cancelled',
    });
    await expect(evaluateWordModel(optionsFor(perfectModel(), { indices: [] }))).rejects.toMatchObject({
      code: 'too-few-images',
    });
  });

  it('says what was not assessed without labels, masks, class directions and base model', async () => {
    const result = await evaluateWordModel(
      optionsFor(perfectModel(), { labels: undefined, classDirections: undefined }),
    );
    for (const missing of [
      result.accuracy,
      result.predictionFidelityOnBaseErrors,
      result.energyInMask,
      result.insertion,
      result.controls.classEvidence.attentionFidelity['50'],
    ]) {
      expect(missing.value).toBeNull();
      expect(missing).toHaveProperty('reason');
    }
    expect(result.predictionFidelity.value).toBe(1);
  });

  it('has no figures for a word that never fires, rather than zeros', async () => {
    const model: WordModel = {
      ...perfectModel(),
      words: float32([...IDENTITY, -1, -1, -1], [4, 3]),
      lastLayer: float32([1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0], [3, 4]),
    };
    const { words } = await evaluateWordModel(optionsFor(model));
    expect(words[3]!.frequency).toMatchObject({ value: 0, n: COUNT });
    expect(words[3]!.attentionFidelity['50']).toMatchObject({ value: null, n: 0 });
    expect(words[3]!.useSharedness.value).toBeNull();
    expect(words[0]!.frequency).toMatchObject({ value: 1, n: COUNT });
  });

  it('has no shuffled control for a single image, but measures the rest', async () => {
    const result = await evaluateWordModel(optionsFor(perfectModel(), { indices: [7] }));
    expect(result.controls.shuffled.attentionFidelity['50'].value).toBeNull();
    expect(result.attentionMargin['50'].value).toBeNull();
    expect(result.attentionFidelity['50'].value).toBeGreaterThan(0.3);
  });

  it('measures energy inside masks beside the share of the area', async () => {
    // Mask: the 56 x 56 px cell of the image's strongest Grad-CAM position.
    const options = optionsFor(perfectModel());
    const masks = async (index: number): Promise<Uint8Array> => {
      const { attention } = await options.source.read([index]);
      const cell = predictedClass(attention.data);
      return Uint8Array.from({ length: 224 * 224 }, (_, pixel) =>
        Number(
          Math.floor((pixel % 224) / 56) === cell % SIDE && Math.floor(pixel / 224 / 56) === Math.floor(cell / SIDE),
        ),
      );
    };
    const result = await evaluateWordModel({ ...options, masks });
    expect(result.energyInMask).toMatchObject({ chance: expect.closeTo(1 / 16, 6) as number, n: COUNT });
    expect(result.energyInMask.value).toBeGreaterThan(0.3);
    expect(result.pointing.value).toBeGreaterThan(0.5);
  });

  it('runs insertion and deletion on a sample, beside random maps on the same images', async () => {
    // The "image" of 4 x 4 pixels is the feature map itself, and the base model the mean of the labelled channel.
    const options = optionsFor(perfectModel(), { perturbedImageCount: 12 });
    const baseModelRunner = {
      async read(index: number): Promise<Tensor<'float32'>> {
        const { features } = await options.source.read([index]);
        return float32(features.data, [CLASSES, SIDE, SIDE]);
      },
      probabilities: (images: Tensor<'float32'>): Promise<Tensor<'float32'>> => {
        const size = images.shape[0]! * CLASSES;
        const means = Float32Array.from({ length: size }, (_, index) =>
          images.data.subarray(index * POSITIONS, (index + 1) * POSITIONS).reduce((sum, v) => sum + v / POSITIONS, 0),
        );
        return Promise.resolve(float32(means, [images.shape[0]!, CLASSES]));
      },
    };
    const { deletion } = await evaluateWordModel({ ...options, baseModelRunner });
    expect(deletion).toMatchObject({ n: 12 });
    expect((deletion as Measure).value).toBeLessThanOrEqual((deletion as Measure).chance!);
  });
});
