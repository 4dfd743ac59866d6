/** The base model on changed images, for insertion and deletion. */
import { fitToModel, inputLength, normalizePixels } from '../../engine/image/preprocess.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import type { BaseModelRunner } from '../../engine/metrics/insertion-deletion.ts';
import type { OutputKind } from '../../engine/metrics/outcome.ts';
import { decodeImage } from '../../engine/runtime/decode-image.ts';
import type { Pixels } from '../../engine/image/resize.ts';
import { float32, tensor } from '../../engine/tensor/tensor.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { ImageReference } from '../images/image-reference.ts';
import { readImageFile } from '../images/read-file.ts';
import type { BaseModel } from './base-model.ts';

/**
 * @param images by index of the feature source
 * @param outputs how logits become probabilities
 */
export function createPerturbationRunner(
  base: BaseModel,
  preprocessing: Preprocessing,
  images: readonly ImageReference[],
  outputs: OutputKind,
): BaseModelRunner {
  const { width, height } = preprocessing;
  const length = inputLength(preprocessing);
  const channels = length / (width * height);
  return {
    async read(imageIndex) {
      const { path } = images[imageIndex]!;
      return imagePlanes(preprocessing, await decodeImage((await readImageFile(path)).bytes, path));
    },
    async probabilities(changed) {
      const count = changed.shape[0]!;
      const parts: Float32Array[] = [];
      for (let start = 0; start < count; start += base.batchSize) {
        const taken = Math.min(base.batchSize, count - start);
        const data = new Float32Array(base.batchSize * length);
        const given = changed.data.subarray(start * length, (start + taken) * length);
        data.set(preprocessing.layout === 'NCHW' ? given : interleaved(given, channels, width * height));
        const { logits } = await base.run(data, taken);
        const classCount = logits.shape[1]!;
        for (let image = 0; image < taken; image++) {
          const row = logits.data.subarray(image * classCount, (image + 1) * classCount);
          parts.push(probabilitiesOf(row, outputs));
        }
      }
      return float32(
        parts.flatMap((part) => [...part]),
        [count, parts[0]?.length ?? 0],
      );
    },
  };
}

/** A decoded image as the model's input values in planes, [channels, height, width], whatever the model's layout. */
export function imagePlanes(preprocessing: Preprocessing, image: Pixels): Tensor<'float32'> {
  const planes: Preprocessing = { ...preprocessing, layout: 'NCHW' };
  const { width, height } = planes;
  const data = new Float32Array(inputLength(planes));
  normalizePixels(planes, fitToModel(planes, image), data);
  return tensor('float32', [data.length / (width * height), height, width], data);
}

/** One probability a class; a single logit stands for two classes. */
function probabilitiesOf(logits: Float32Array, outputs: OutputKind): Float32Array {
  const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
  if (logits.length === 1) return Float32Array.of(sigmoid(-logits[0]!), sigmoid(logits[0]!));
  return outputs === 'sigmoid' ? logits.map(sigmoid) : softmax(logits);
}

/** Planes of one or more images [n, channels, pixels] -> [n, pixels, channels]. */
function interleaved(planes: Float32Array, channels: number, pixels: number): Float32Array {
  const result = new Float32Array(planes.length);
  const size = channels * pixels;
  for (let start = 0; start < planes.length; start += size) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        result[start + pixel * channels + channel] = planes[start + channel * pixels + pixel]!;
      }
    }
  }
  return result;
}

function softmax(logits: Float32Array): Float32Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = logits.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}
