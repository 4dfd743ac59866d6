/** Task: what several attribution methods say of one image, how far they agree, and what the base model says to each. */
import { agreementOf, averageCells, cellsOf, leastShapSamples } from '../../engine/attribution/index.ts';
import type { Agreement } from '../../engine/attribution/index.ts';
import { EngineError } from '../../engine/errors.ts';
import { logitOfClass } from '../../engine/explain/grad-cam.ts';
import { fitToModel, inputLength, normalizePixels } from '../../engine/image/preprocess.ts';
import { randomMaps } from '../../engine/metrics/controls.ts';
import { insertionDeletion, PERTURBATION_STEPS, pixelImportance } from '../../engine/metrics/insertion-deletion.ts';
import type { PerturbationResult } from '../../engine/metrics/insertion-deletion.ts';
import { meanOf } from '../../engine/metrics/interval.ts';
import { predictedClass } from '../../engine/metrics/outcome.ts';
import { createRandom } from '../../engine/tensor/random.ts';
import { METHODS } from '../attribution/methods.ts';
import type { AttributionMethod, MethodResult } from '../attribution/methods.ts';
import { createScene } from '../attribution/scene.ts';
import type { Scene, WordBackground } from '../attribution/scene.ts';
import { readExplained, withExplainer } from '../model/explainer.ts';
import type { ExplainedImage, ExplainerInput } from '../model/explainer.ts';
import { createPerturbationRunner, imagePlanes } from '../model/perturbation-runner.ts';
import type { Task } from '../task.ts';
import { checkClass } from './explain-image.ts';

/** What to attribute. */
export interface AttributeImageInput extends ExplainerInput, ExplainedImage {
  /** Class whose logit is explained. Default: the base model's top class. */
  readonly classIndex?: number;
  /** Each once, at least one. */
  readonly methods: readonly AttributionMethod[];
  /** Images that LIME and KernelSHAP may each ask about; at least twice the superpixels. */
  readonly sampleCount: number;
  /** Superpixels wanted. */
  readonly segmentCount: number;
  /** Points of integrated gradients. */
  readonly steps: number;
  readonly seed: number;
  readonly background: WordBackground;
  /** Words that people left out. Default: none. */
  readonly silentWords?: readonly number[];
}

/** What one method said. */
export interface AttributedMethod extends Omit<MethodResult, 'map'>, PerturbationResult {
  readonly method: AttributionMethod;
  /** Evidence for the class, [height, width] in cells of equal area. */
  readonly map: Float32Array;
  readonly height: number;
  readonly width: number;
  /** Images asked of the base model, without insertion and deletion. */
  readonly evaluationCount: number;
  /** Wall time without insertion and deletion. */
  readonly seconds: number;
}

/** A method that cannot be used on this model, and why. */
export interface RefusedMethod {
  readonly method: AttributionMethod;
  readonly reason: string;
}

/** All methods on one image. */
export interface AttributeImageOutput {
  /** SHA-256 of the file. */
  readonly sha256: string;
  readonly baseClass: number;
  readonly classIndex: number;
  /** The base model's logit of the explained class. */
  readonly baseLogit: number;
  /** In the order asked for. */
  readonly attributions: readonly AttributedMethod[];
  readonly refused: readonly RefusedMethod[];
  /** Between the maps of `attributions`. */
  readonly agreement: Agreement;
  /** Insertion and deletion in a random order: what a map must beat. Mean of the random maps. */
  readonly random: PerturbationResult;
}

/** Cells along the longer side of a map that is handed out: superpixels keep their edges, and it stays small. */
const MAP_CELLS = 112;

/**
 * Attributes one logit with every method; a method that the model does not allow is listed, the others go on.
 * @throws EngineError 'image-unreadable', 'image-refused', 'configuration' (no such class, too few samples), and as
 *   `readModel` does
 */
export const attributeImage: Task<AttributeImageInput, AttributeImageOutput> = async (input, context) => {
  const { preprocessing } = input.model;
  const { pixels, sha256 } = await readExplained(input);
  return withExplainer(input, context, async (explainer) => {
    const { base, outputs, classCount } = explainer;
    checkClass(input.classIndex, classCount);
    const view = fitToModel(preprocessing, pixels);
    const data = new Float32Array(base.batchSize * inputLength(preprocessing));
    normalizePixels(preprocessing, view, data);
    const { features, logits } = await base.run(data, 1);
    const baseClass = predictedClass(logits.data);
    const classIndex = input.classIndex ?? baseClass;
    const { row, sign } = logitOfClass(classIndex, logits.data.length);
    const image = imagePlanes(preprocessing, pixels);
    const random = createRandom(input.seed);
    const scene = createScene({
      ...input,
      explainer,
      preprocessing,
      context,
      image,
      view,
      features,
      classIndex,
      random,
      silentWords: input.silentWords ?? [],
    });
    checkSamples(input, scene);

    // 1. the methods
    const done: {
      readonly method: AttributionMethod;
      readonly result: MethodResult;
      readonly seconds: number;
      readonly asked: number;
    }[] = [];
    const refused: RefusedMethod[] = [];
    for (const method of input.methods) {
      const started = context.now();
      scene.begin(method, 1);
      try {
        const result = await METHODS[method](scene);
        done.push({ method, result, seconds: (context.now() - started) / 1000, asked: scene.askedCount });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refused.push({ method, reason: error.message });
      }
    }

    // 2. what the base model says to each map, and to random ones
    const { probabilities } = createPerturbationRunner(base, preprocessing, [], outputs);
    const { height, width } = base.cut.cutPoint;
    const maps = [
      ...done.map(({ result }) => result.map),
      ...randomMaps(height * width, random).map((map) => pixelImportance(map, height, width, image)),
    ];
    const areas: PerturbationResult[] = [];
    for (const map of maps) {
      context.signal.throwIfAborted();
      context.progress({ phase: 'perturb', done: areas.length, total: maps.length, unit: 'maps' });
      areas.push(await insertionDeletion({ image, map, classIndex, probabilities, steps: PERTURBATION_STEPS }));
    }
    const randomAreas = areas.slice(done.length);

    return {
      sha256,
      baseClass,
      classIndex,
      baseLogit: sign * logits.data[row]!,
      attributions: done.map(({ method, result, seconds, asked }, index) => ({
        ...result,
        ...areas[index]!,
        method,
        ...smallMap(result.map, view.height, view.width),
        evaluationCount: asked,
        seconds,
      })),
      refused,
      agreement: agreementOf(
        done.map(({ result }) => result.map),
        view.height,
        view.width,
      ),
      random: {
        insertion: meanOf(Float64Array.from(randomAreas, ({ insertion }) => insertion)),
        deletion: meanOf(Float64Array.from(randomAreas, ({ deletion }) => deletion)),
      },
    };
  });
};

/** Refuses too few samples before anything long begins. */
function checkSamples({ methods, sampleCount }: AttributeImageInput, scene: Scene): void {
  if (!methods.includes('lime') && !methods.includes('kernel-shap')) return;
  const { count } = scene.segments();
  const least = Math.max(leastShapSamples(count), count + 2);
  if (Number.isInteger(sampleCount) && sampleCount >= least) return;
  throw new EngineError(
    'configuration',
    `The image has ${count} superpixels; LIME and KernelSHAP need at least ${least} samples for them, not ${sampleCount}.`,
    { expected: `at least ${least}`, found: String(sampleCount) },
  );
}

/** Whether the model or the project does not allow one method, which says nothing of the others. */
function isRefusal(error: unknown): error is EngineError {
  return error instanceof EngineError && (error.code === 'gradient-forbidden' || error.code === 'too-few-images');
}

function smallMap(
  map: Float32Array,
  height: number,
  width: number,
): { readonly map: Float32Array; readonly height: number; readonly width: number } {
  const { rows, columns } = cellsOf(height, width, MAP_CELLS);
  return { map: averageCells(map, height, width, rows, columns), height: rows, width: columns };
}
