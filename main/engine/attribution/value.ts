/** What attribution methods ask of the base model: the evidence for one class, of images or of sets of segments. */
import { logitOfClass } from '../explain/grad-cam.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** The base model: preprocessed images in planes, [n, channels, height, width] -> logits, [n, classes]. */
export type LogitsOf = (images: Tensor<'float32'>) => Promise<Tensor<'float32'>>;

/** The quantity that is explained, one number per image: the logit of one class. */
export type ValueOf = (images: Tensor<'float32'>) => Promise<Float64Array>;

/**
 * A game of players who are there or not (Shapley 1953).
 * @param sets who is there, one entry per player: 1 there, 0 not
 * @returns value of each set
 */
export type SetFunction = (sets: readonly Uint8Array[]) => Promise<Float64Array>;

/**
 * The logit of a class; of a model with a single logit, that logit for class 1 and its negative for class 0.
 * @param logitsOf the base model
 */
export function classValue(logitsOf: LogitsOf, classIndex: number): ValueOf {
  return async (images) => {
    const { data, shape } = await logitsOf(images);
    const [count, logitCount] = shape as [number, number];
    const { row, sign } = logitOfClass(classIndex, logitCount);
    return Float64Array.from({ length: count }, (_, image) => sign * data[image * logitCount + row]!);
  };
}
