/** Task: one image through the base model and the word model: both answers, maps, and the decision as a sum. */
import { EngineError } from '../../engine/errors.ts';
import { explainDecision } from '../../engine/explain/contribution.ts';
import type { DecisionParts } from '../../engine/explain/contribution.ts';
import { createGradCam } from '../../engine/explain/grad-cam.ts';
import type { AttentionSource } from '../../engine/explain/grad-cam.ts';
import { fitToModel, inputLength, normalizePixels } from '../../engine/image/preprocess.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { predictedClass, rowOfClass } from '../../engine/metrics/outcome.ts';
import { decodeImage } from '../../engine/runtime/decode-image.ts';
import { encodeImage } from '../../engine/runtime/encode-image.ts';
import { openWordModel } from '../../engine/words/open-word-model.ts';
import type { WordModel } from '../../engine/words/word-model.ts';
import { readImageFile } from '../images/read-file.ts';
import { openBaseModel } from '../model/base-model.ts';
import { readModel } from '../model/read-model.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { DeviceChoice, Task } from '../task.ts';

/** What to explain. */
export interface ExplainImageInput {
  readonly model: ModelReference & { readonly preprocessing: Preprocessing };
  /** Name of the tensor at the cut point, as `extract` returned it. */
  readonly cut: string;
  readonly wordModel: WordModel;
  /** Any image file; it need not belong to the project. */
  readonly imagePath: string;
  /** Class whose evidence is shown. Default: the base model's top class. */
  readonly classIndex?: number;
  /** Default 'cpu'. */
  readonly device?: DeviceChoice;
}

/** Both models on one image. Maps are row-major, [height, width] of the feature map. */
export interface ExplainImageOutput {
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** What the model saw: a PNG of its input size, before normalisation. */
  readonly seen: Uint8Array;
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
  const { bytes, sha256 } = await readImageFile(input.imagePath);
  const pixels = fitToModel(preprocessing, await decodeImage(bytes, input.imagePath));
  const model = readModel(input.model);
  const { classCount } = model.inspection.output;
  if (input.classIndex !== undefined && !(input.classIndex >= 0 && input.classIndex < classCount)) {
    throw new EngineError('configuration', `The model has classes 0 to ${classCount - 1}, not ${input.classIndex}.`, {
      expected: `0..${classCount - 1}`,
      found: String(input.classIndex),
    });
  }
  const runner = await context.createRunner(input.device ?? 'cpu');
  const open: { dispose(): Promise<void> }[] = [];
  try {
    const base = await openBaseModel({ model, preprocessing, runner, cut: input.cut });
    open.push(base);
    const { cutPoint, head, headGraph } = base.cut;
    const { channels, height, width } = cutPoint;
    const words = await openWordModel(runner, input.wordModel, { batch: 1, channels, height, width });
    open.push(words);
    const gradCam = await createGradCam({ head, headGraph, runner });
    open.push(gradCam);

    const data = new Float32Array(base.batchSize * inputLength(preprocessing));
    normalizePixels(preprocessing, pixels, data);
    const { features, logits } = await base.run(data, 1);
    const { scores, activationMaps, logits: wordLogits } = await words.forward(features);
    const baseClass = predictedClass(logits.data);
    const classIndex = input.classIndex ?? baseClass;
    const { maps } = await gradCam.maps(features, [classIndex]);
    const row = rowOfClass(classIndex, logits.data.length);
    return {
      sha256,
      seen: await encodeImage(pixels),
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
  } finally {
    for (const item of open) await item.dispose();
  }
};
