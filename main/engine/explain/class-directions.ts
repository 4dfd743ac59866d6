/** Direction in feature space that raises each class: a linear head's weights, any other head's mean gradient. */
import { EngineError } from '../errors.ts';
import type { Head } from '../onnx/cut.ts';
import type { Graph } from '../onnx/graph.ts';
import type { GraphRunner } from '../runner.ts';
import { tensor, zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { DIRECTION_OUTPUT, emitDirections, UPSTREAM_INPUT } from './grad-cam-graph.ts';

/** Where directions come from. */
export interface ClassDirectionOptions {
  readonly head: Head;
  /** Features -> logits with a fixed number of images per run. */
  readonly headGraph: Graph;
  readonly runner: GraphRunner;
  /** Features of a sample of training images, [n, channels, height, width]; only a head that is not linear needs them. */
  readonly sample: Tensor<'float32'>;
}

/**
 * Class directions, [classes, channels]: the weights of a pooled linear head, exactly; for any other head the gradient
 * of each logit summed over positions, mean over the sample. One backward run per class and part of the sample.
 * @throws EngineError 'gradient-forbidden' when the head cannot be differentiated, 'too-few-images' when a head that is
 *   not linear gets no whole batch of sample images
 */
export async function classDirectionsOf(options: ClassDirectionOptions): Promise<Tensor<'float32'>> {
  const { head, headGraph, runner, sample } = options;
  if (head.kind === 'gap-linear') return head.weights;
  const { graph, batch, logitCount, featuresInput } = emitDirections(headGraph);
  const [count, channels, ...positions] = sample.shape as [number, number, ...number[]];
  // Whole parts only: a part filled up with zeros would mix in the gradient at an image that does not exist.
  const parts = Math.floor(count / batch);
  if (parts === 0) {
    throw new EngineError('too-few-images', `Class directions need at least ${batch} images; there are ${count}.`);
  }
  const size = (sample.data.length / count) * batch;
  const directions = zeros('float32', [logitCount, channels]);
  const session = await runner.open(graph);
  try {
    for (let part = 0; part < parts; part++) {
      const features = sample.data.subarray(part * size, (part + 1) * size);
      const input = tensor('float32', [batch, channels, ...positions], features);
      for (let row = 0; row < logitCount; row++) {
        const upstream = zeros('float32', [batch, logitCount]);
        for (let image = 0; image < batch; image++) upstream.data[image * logitCount + row] = 1;
        const outputs = await session.run({ [featuresInput]: input, [UPSTREAM_INPUT]: upstream });
        const gradients = outputs[DIRECTION_OUTPUT] as Tensor<'float32'>; // [batch, channels]
        gradients.data.forEach((value, index) => {
          directions.data[row * channels + (index % channels)]! += value / (parts * batch);
        });
      }
    }
  } finally {
    await session.dispose();
  }
  return directions;
}
