/** Task: one image through the base model and the word model: both answers, maps, and the decision as a sum. */
import { EngineError } from '../../engine/errors.ts';
import { explainDecision } from '../../engine/explain/contribution.ts';
import type { DecisionParts } from '../../engine/explain/contribution.ts';
import type { AttentionSource } from '../../engine/explain/grad-cam.ts';
import { fitToModel, inputLength, normalizePixels } from '../../engine/image/preprocess.ts';
import { classCountOf, predictedClass, rowOfClass } from '../../engine/metrics/outcome.ts';
import { readExplained, withExplainer } from '../model/explainer.ts';
import type { ExplainedImage, ExplainerInput } from '../model/explainer.ts';
import type { Task } from '../task.ts';

/** What to explain. */
export interface ExplainImageInput extends ExplainerInput, ExplainedImage {
  /** Class whose evidence is shown. Default: the base model's top class. */
  readonly classIndex?: number;
}

/** Both models on one image. Maps are row-major, [height, width] of the feature map. */
export interface ExplainImageOutput {
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** [classes] */
  readonly baseLogits: Float32Array;
  readonly wordLogits: Float32Array;
  /** Class each model predicts. */
  readonly baseClass: number;
  readonly wordClass: number;
  /** Class that is explained. */
  readonly classIndex: number;
  /** The base model's logit of that class as a sum over words. */
  readonly decision: DecisionParts;
  /** Rows and columns of the maps. */
  readonly height: number;
  readonly width: number;
  /** [words] */
  readonly scores: Float32Array;
  /** [words, height, width] */
  readonly activationMaps: Float32Array;
  /** Grad-CAM of the explained class, [height, width], in [0, 1]. */
  readonly attention: Float32Array;
  readonly attentionSource: AttentionSource;
}

/** @throws EngineError 'image-unreadable', 'image-refused', 'configuration' (no such class), and as `readModel` does */
export const explainImage: Task<ExplainImageInput, ExplainImageOutput> = async (input, context) => {
  const { preprocessing } = input.model;
  const { pixels, sha256 } = await readExplained(input);
  return withExplainer(input, context, async ({ base, words, gradCam, classCount }) => {
    checkClass(input.classIndex, classCount);
    const data = new Float32Array(base.batchSize * inputLength(preprocessing));
    normalizePixels(preprocessing, fitToModel(preprocessing, pixels), data);
    const { features, logits } = await base.run(data, 1);
    const { scores, activationMaps, logits: wordLogits } = await words.forward(features);
    const baseClass = predictedClass(logits.data);
    const classIndex = input.classIndex ?? baseClass;
    const { maps } = await gradCam.maps(features, [classIndex]);
    const row = rowOfClass(classIndex, logits.data.length);
    const { height, width } = base.cut.cutPoint;
    return {
      sha256,
      baseLogits: logits.data,
      wordLogits: wordLogits.data,
      baseClass,
      wordClass: predictedClass(wordLogits.data),
      classIndex,
      decision: explainDecision(input.wordModel, scores.data, row, logits.data[row]!),
      height,
      width,
      scores: scores.data,
      activationMaps: activationMaps.data,
      attention: maps.data,
      attentionSource: gradCam.source,
    };
  });
};

/** @throws EngineError 'configuration' for a class that the model does not have */
export function checkClass(classIndex: number | undefined, logitCount: number): void {
  const count = classCountOf(logitCount);
  if (classIndex === undefined || (Number.isInteger(classIndex) && classIndex >= 0 && classIndex < count)) return;
  throw new EngineError('configuration', `The model has classes 0 to ${count - 1}, not ${classIndex}.`, {
    expected: `0..${count - 1}`,
    found: String(classIndex),
  });
}
