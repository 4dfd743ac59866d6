/** What the methods of attribution share: one image, one class, the open models, and a count of what was asked of them. */
import { classValue, segmentGame, slic } from '../../engine/attribution/index.ts';
import type { GradientOf, Segments, SetFunction, ValueOf } from '../../engine/attribution/index.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import type { Pixels } from '../../engine/image/resize.ts';
import { meanColour } from '../../engine/metrics/insertion-deletion.ts';
import type { Random } from '../../engine/tensor/random.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { WordModel } from '../../engine/words/word-model.ts';
import type { Explainer } from '../model/explainer.ts';
import { openInputGradient } from '../model/input-gradient.ts';
import { createLogitsRunner } from '../model/perturbation-runner.ts';
import type { TaskContext } from '../task.ts';

/** Word scores of a background, for SHAP over word scores. */
export interface WordBackground {
  /** Images it is the mean of; 0: there is none. */
  readonly count: number;
  /** [words]; a word counts as 0 where people left it out. */
  readonly meanScores: Float64Array;
  /** Mean logits of the word model over the same images, [classes]. */
  readonly meanLogits: Float64Array;
}

/** What is attributed, and with what. */
export interface SceneOptions {
  readonly explainer: Explainer;
  readonly preprocessing: Preprocessing;
  readonly wordModel: WordModel;
  readonly context: Pick<TaskContext<never>, 'signal' | 'progress' | 'createRunner'>;
  /** The image in planes, [channels, height, width]. */
  readonly image: Tensor<'float32'>;
  /** The image as the model sees it, before normalisation. */
  readonly view: Pixels;
  /** At the cut point, [1, channels, height, width]. */
  readonly features: Tensor<'float32'>;
  readonly classIndex: number;
  readonly segmentCount: number;
  readonly sampleCount: number;
  readonly steps: number;
  readonly random: Random;
  readonly background: WordBackground;
  /** Words that people left out: they add nothing. */
  readonly silentWords: readonly number[];
}

/** The scene as methods see it. */
export interface Scene extends SceneOptions {
  /** The logit of the class; counts its images as progress and stops when the user asks for it. */
  readonly valueOf: ValueOf;
  /** What stands where something is missing: the image's mean colour, for every method the same. */
  readonly fill: Float32Array;
  /** Superpixels; found when they are first asked for. */
  segments(): Segments;
  /** The image with only some superpixels. */
  game(): SetFunction;
  /** The gradient of the logit at the image. @throws EngineError 'gradient-forbidden' */
  withGradient<Result>(action: (gradientOf: GradientOf) => Promise<Result>): Promise<Result>;
  /** Says what comes next and how many images it asks for. */
  begin(phase: string, total: number): void;
  /** Images asked for since `begin`. */
  readonly askedCount: number;
}

/** Sets the scene; nothing is computed yet. */
export function createScene(options: SceneOptions): Scene {
  const { explainer, preprocessing, context, image, view, classIndex } = options;
  const fill = meanColour(image);
  let phase = '';
  let total = 0;
  let asked = 0;
  let segments: Segments | undefined;
  const count = (images: number): void => {
    context.signal.throwIfAborted();
    asked += images;
    context.progress({ phase, done: Math.min(asked, total), total, unit: 'images' });
  };
  const logitsOf = classValue(createLogitsRunner(explainer.base, preprocessing), classIndex);
  const scene: Scene = {
    ...options,
    fill,
    valueOf: async (images) => {
      context.signal.throwIfAborted();
      const values = await logitsOf(images);
      count(values.length);
      return values;
    },
    segments: () => (segments ??= slic(view, { count: Math.min(options.segmentCount, view.width * view.height) })),
    game: () => segmentGame({ image, segments: scene.segments(), fill, valueOf: scene.valueOf }),
    withGradient: async (action) => {
      const runner = await context.createRunner('cpu');
      // Not kept for the next image: it holds every layer's values for a batch, hundreds of MiB for large models.
      const gradient = await openInputGradient(explainer.base, preprocessing, runner);
      try {
        return await action(async (images) => {
          context.signal.throwIfAborted();
          const gradients = await gradient.at(images, classIndex);
          count(images.shape[0]!);
          return gradients;
        });
      } finally {
        await gradient.dispose();
      }
    },
    begin: (next, expected) => {
      [phase, total, asked] = [next, expected, 0];
      count(0);
    },
    get askedCount() {
      return asked;
    },
  };
  return scene;
}
