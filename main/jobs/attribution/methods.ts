/** The table of attribution methods: each turns the scene into a map over the pixels, with its own goodness. */
import {
  integratedGradients,
  kernelShap,
  lime,
  linearShap,
  occlusion,
  segmentMap,
  spreadOverMaps,
} from '../../engine/attribution/index.ts';
import { EngineError } from '../../engine/errors.ts';
import { logitOfClass } from '../../engine/explain/grad-cam.ts';
import type { AttentionSource } from '../../engine/explain/grad-cam.ts';
import { pixelImportance } from '../../engine/metrics/insertion-deletion.ts';
import type { Scene } from './scene.ts';

/** What a method said of the image. */
export interface MethodResult {
  /** Evidence for the class at each pixel, [height * width]. */
  readonly map: Float32Array;
  /** R^2 of the additive model behind the map, where there is one and the value varied. */
  readonly fit: number | null;
  /** Sum of the attributions minus (logit - baseline logit), where the method promises them to be equal. */
  readonly gap: number | null;
  /** The logit that the attributions start from, where there is one. */
  readonly baselineLogit: number | null;
  /** What each learned word was given, [words], where words were asked. */
  readonly words?: Float64Array;
  readonly settings: MethodSettings;
}

/** How it was done; what a method does not have is left out. */
export interface MethodSettings {
  readonly attentionSource?: AttentionSource;
  readonly segmentCount?: number;
  readonly sampleCount?: number;
  /** Every set of segments was tried. */
  readonly isExact?: boolean;
  readonly steps?: number;
  readonly placeCount?: number;
  readonly wordCount?: number;
  /** Images of the background. */
  readonly backgroundCount?: number;
}

/** Every method by name, in the order in which they are shown. */
export const METHODS = {
  'grad-cam': async ({ explainer, features, classIndex, image }) => {
    const { height, width } = explainer.base.cut.cutPoint;
    const { maps } = await explainer.gradCam.maps(features, [classIndex]);
    return {
      map: pixelImportance(maps.data, height, width, image),
      ...NO_MEASURE,
      settings: { attentionSource: explainer.gradCam.source },
    };
  },

  lime: async (scene) => {
    const { count } = scene.segments();
    scene.begin('lime', scene.sampleCount);
    const { coefficients, intercept, fit } = await lime({
      playerCount: count,
      value: scene.game(),
      sampleCount: scene.sampleCount,
      random: scene.random.fork('lime'),
    });
    return {
      map: segmentMap(scene.segments(), coefficients),
      fit,
      gap: null,
      baselineLogit: intercept,
      settings: { segmentCount: count, sampleCount: scene.sampleCount },
    };
  },

  'kernel-shap': async (scene) => {
    const { count } = scene.segments();
    scene.begin('kernel-shap', Math.min(scene.sampleCount + 2, 2 ** count));
    const { values, empty, full, isExact, evaluationCount, fit } = await kernelShap({
      playerCount: count,
      value: scene.game(),
      sampleCount: scene.sampleCount,
      random: scene.random.fork('kernel-shap'),
    });
    return {
      map: segmentMap(scene.segments(), values),
      fit,
      gap: sumOf(values) - (full - empty),
      baselineLogit: empty,
      settings: { segmentCount: count, sampleCount: evaluationCount, isExact },
    };
  },

  'linear-shap': async ({ explainer, features, classIndex, image, wordModel, background, silentWords }) => {
    if (background.count === 0) {
      throw new EngineError('too-few-images', 'SHAP over word scores needs the scores of at least one training image.');
    }
    const { scores, activationMaps, logits } = await explainer.words.forward(features);
    const { row, sign } = logitOfClass(classIndex, logits.data.length);
    const wordCount = scores.data.length;
    const weights = Float64Array.from(wordModel.lastLayer.data.subarray(row * wordCount, (row + 1) * wordCount));
    const heard = Float64Array.from(scores.data);
    for (const word of silentWords) heard[word] = 0;
    const words = linearShap({ weights, scores: heard, meanScores: background.meanScores }).map((one) => sign * one);
    // The logit of the word model itself without what the silent words add: another way to the same sum.
    const silent = silentWords.reduce((sum, word) => sum + weights[word]! * scores.data[word]!, 0);
    const logit = sign * (logits.data[row]! - silent);
    const baselineLogit = sign * background.meanLogits[row]!;
    const { height, width } = explainer.base.cut.cutPoint;
    const map = spreadOverMaps(words, activationMaps.data, height * width);
    return {
      map: pixelImportance(map, height, width, image),
      fit: null,
      gap: sumOf(words) - (logit - baselineLogit),
      baselineLogit,
      words,
      settings: { wordCount, backgroundCount: background.count },
    };
  },

  'integrated-gradients': async (scene) => {
    const { image, fill, valueOf, steps } = scene;
    scene.begin('integrated-gradients', steps + 2);
    const { map, gap, start } = await scene.withGradient((gradientOf) =>
      integratedGradients({ image, baseline: fill, gradientOf, valueOf, steps }),
    );
    return { map, fit: null, gap, baselineLogit: start, settings: { steps } };
  },

  occlusion: async (scene) => {
    const { image, fill, valueOf } = scene;
    scene.begin('occlusion', OCCLUSION_PLACES);
    const { map, rows, columns } = await occlusion({ image, fill, valueOf });
    return { map, ...NO_MEASURE, settings: { placeCount: rows * columns } };
  },
} as const satisfies Record<string, (scene: Scene) => Promise<MethodResult>>;

/** Name of a method. */
export type AttributionMethod = keyof typeof METHODS;

const NO_MEASURE = { fit: null, gap: null, baselineLogit: null } as const;

/** Patches of a square image as occlusion places them by itself, and the image as it is. */
const OCCLUSION_PLACES = 13 * 13 + 1;

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
