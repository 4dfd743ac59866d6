/** Class directions out of a feature source: a sample of training images for heads that are not linear. */
import { classDirectionsOf } from '../../engine/explain/class-directions.ts';
import type { CutModel } from '../../engine/onnx/index.ts';
import type { GraphRunner } from '../../engine/runner.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { FeatureSource } from '../../engine/training/feature-source.ts';

/** Images the gradients are averaged over: the mean of a piecewise linear head settles after a few dozen. */
const SAMPLE_LENGTH = 32;

/**
 * The direction in feature space that raises each class.
 * @param cut the base model divided, with a fixed number of images per run
 * @param images indices to average over, of which the first 32 are taken; training images, never the reported split
 * @returns [classes, channels]
 * @throws EngineError as `classDirectionsOf`
 */
export async function classDirections(
  cut: CutModel,
  runner: GraphRunner,
  source: FeatureSource,
  images: readonly number[],
): Promise<Tensor<'float32'>> {
  const { head, headGraph } = cut;
  if (head.kind === 'gap-linear') return head.weights;
  const batch = headGraph.inputs[0]!.shape![0] as number; // canonical, with static shapes
  const { features: sample } = await source.read(wholeBatches(images.slice(0, SAMPLE_LENGTH), batch));
  return classDirectionsOf({ head, headGraph, runner, sample });
}

/** The images, begun again from the first until the last batch is full: no made-up image gets into the mean. */
function wholeBatches(images: readonly number[], batch: number): readonly number[] {
  const length = Math.ceil(images.length / batch) * batch;
  return Array.from({ length }, (_, index) => images[index % images.length]!);
}
