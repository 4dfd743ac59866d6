/** Task: insertion and deletion of one image's word map on the real base model, beside random orders. */
import { meanOf } from '../../engine/metrics/interval.ts';
import { MAP_WORDS, maximumMap, strongestWords } from '../../engine/metrics/alignment.ts';
import { randomMaps } from '../../engine/metrics/controls.ts';
import { areaUnderCurve, perturbationCurves, pixelImportance } from '../../engine/metrics/insertion-deletion.ts';
import type { PerturbationCurves } from '../../engine/metrics/insertion-deletion.ts';
import { predictedClass } from '../../engine/metrics/outcome.ts';
import { fitToModel, inputLength, normalizePixels } from '../../engine/image/preprocess.ts';
import { createRandom } from '../../engine/tensor/random.ts';
import { readExplained, withExplainer } from '../model/explainer.ts';
import type { ExplainedImage, ExplainerInput } from '../model/explainer.ts';
import { createPerturbationRunner, imagePlanes } from '../model/perturbation-runner.ts';
import type { Task } from '../task.ts';
import { checkClass } from './explain-image.ts';

/** What to perturb. */
export interface ExplainCurvesInput extends ExplainerInput, ExplainedImage {
  /** Class whose probability is followed. Default: the base model's top class. */
  readonly classIndex?: number;
  /** Words that people left out: their maps take no part. Default: none. */
  readonly excludedWords?: readonly number[];
}

/** Curves over the same shares of pixels. */
export interface ExplainCurvesOutput extends PerturbationCurves {
  readonly classIndex: number;
  /** Means over the random maps of the same smoothness. */
  readonly randomInsertion: readonly number[];
  readonly randomDeletion: readonly number[];
  /** Areas under the curves, 0..1. */
  readonly insertionScore: number;
  readonly deletionScore: number;
}

/** The same image has the same random line. */
const SEED = 1;

/** @throws as `explainImage` does */
export const explainCurves: Task<ExplainCurvesInput, ExplainCurvesOutput> = async (input, context) => {
  const { preprocessing } = input.model;
  const { pixels } = await readExplained(input);
  return withExplainer(input, context, async ({ base, words, outputs, classCount }) => {
    checkClass(input.classIndex, classCount);
    const data = new Float32Array(base.batchSize * inputLength(preprocessing));
    normalizePixels(preprocessing, fitToModel(preprocessing, pixels), data);
    const { features, logits } = await base.run(data, 1);
    const { scores, activationMaps } = await words.forward(features);
    const { height, width } = base.cut.cutPoint;
    const positions = height * width;
    const classIndex = input.classIndex ?? predictedClass(logits.data);
    const image = imagePlanes(preprocessing, pixels);
    const { probabilities } = createPerturbationRunner(base, preprocessing, [], outputs);

    // 1. the words' own order, then the random ones
    const random = createRandom(SEED);
    const shown = Float32Array.from(scores.data);
    for (const word of input.excludedWords ?? []) shown[word] = -Infinity;
    const strongest = strongestWords(shown, MAP_WORDS).filter((word) => shown[word] !== -Infinity);
    const wordMap =
      strongest.length === 0 ? new Float32Array(positions) : maximumMap(activationMaps.data, strongest, positions);
    const maps = [wordMap, ...randomMaps(positions, random)];
    const curves: PerturbationCurves[] = [];
    for (const [done, map] of maps.entries()) {
      context.signal.throwIfAborted();
      context.progress({ phase: 'perturb', done, total: maps.length, unit: 'maps' });
      const importance = pixelImportance(map, height, width, image);
      curves.push(await perturbationCurves({ image, map: importance, classIndex, probabilities }));
    }

    // 2. areas and the mean random line
    const [own, ...others] = curves as [PerturbationCurves, ...PerturbationCurves[]];
    const meanAt = (kind: 'insertion' | 'deletion') =>
      own.fractions.map((_, place) => meanOf(Float64Array.from(others, (curve) => curve[kind][place]!)));
    return {
      ...own,
      classIndex,
      randomInsertion: meanAt('insertion'),
      randomDeletion: meanAt('deletion'),
      insertionScore: areaUnderCurve(own.insertion),
      deletionScore: areaUnderCurve(own.deletion),
    };
  });
};
