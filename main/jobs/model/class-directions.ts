/** The direction in feature space that raises each class: a linear head's weights, or mean gradients of any other. */
import { appendGradients } from '../../engine/autodiff/index.ts';
import { GraphBuilder } from '../../engine/onnx/index.ts';
import type { CutModel } from '../../engine/onnx/index.ts';
import { reduceMean } from '../../engine/onnx/emit.ts';
import type { GraphRunner } from '../../engine/runner.ts';
import { float32, tensor } from '../../engine/tensor/tensor.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { FeatureSource } from '../../engine/training/feature-source.ts';

/** Images the gradients are averaged over: the mean of a piecewise linear head settles after a few dozen. */
const SAMPLE_LENGTH = 32;

const UPSTREAM = 'classDirections.upstream';
const RESULT = 'classDirections.mean';

/**
 * @param cut the base model divided, with a fixed number of images per run
 * @param images indices to average over, of which the first 32 are taken; training images, never the reported split
 * @returns [classes, channels]
 * @throws EngineError 'gradient-forbidden' when the head cannot be differentiated
 */
export async function classDirections(
  cut: CutModel,
  runner: GraphRunner,
  source: FeatureSource,
  images: readonly number[],
): Promise<Tensor<'float32'>> {
  if (cut.head.kind === 'gap-linear') return cut.head.weights;
  const { headGraph } = cut;
  const features = headGraph.inputs[0]!.name;
  const logits = headGraph.outputs[0]!.name;
  const builder = new GraphBuilder({ name: 'classDirections', base: headGraph });
  const [batch, classCount] = builder.shapeOf(logits) as [number, number];
  const upstream = builder.input(UPSTREAM, 'float32', [batch, classCount]);
  const gradient = appendGradients(builder, logits, [features], { upstream }).get(features)!;
  // [batch, channels, height, width] -> [batch, channels]
  builder.output(reduceMean(builder, gradient, [2, 3], false), RESULT);
  const session = await runner.open(builder.build());
  try {
    const { channels, height, width } = source;
    const sums = new Float64Array(classCount * channels);
    const sample = images.slice(0, SAMPLE_LENGTH);
    for (let start = 0; start < sample.length; start += batch) {
      const part = sample.slice(start, start + batch);
      const data = new Float32Array(batch * channels * height * width);
      data.set((await source.read(part)).features.data);
      const given = tensor('float32', [batch, channels, height, width], data);
      for (let row = 0; row < classCount; row++) {
        const oneHot = new Float32Array(batch * classCount);
        for (let image = 0; image < part.length; image++) oneHot[image * classCount + row] = 1;
        const picked = tensor('float32', [batch, classCount], oneHot);
        const result = await session.run({ [features]: given, [UPSTREAM]: picked });
        const values = result[RESULT]!.data as Float32Array;
        for (let at = 0; at < part.length * channels; at++) sums[row * channels + (at % channels)]! += values[at]!;
      }
    }
    return float32(
      Float32Array.from(sums, (sum) => sum / sample.length),
      [classCount, channels],
    );
  } finally {
    await session.dispose();
  }
}
