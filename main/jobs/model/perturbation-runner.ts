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
  const logitsOf = createLogitsRunner(base, preprocessing);
  return {
    async read(imageIndex) {
      const { path } = images[imageIndex]!;
      return imagePlanes(preprocessing, await decodeImage((await readImageFile(path)).bytes, path));
    },
    async probabilities(changed) {
      const { data, shape } = await logitsOf(changed);
      const [count, classCount] = shape as [number, number];
      const parts = Array.from({ length: count }, (_, image) =>
        probabilitiesOf(data.subarray(image * classCount, (image + 1) * classCount), outputs),
      );
      return float32(
        parts.flatMap((part) => [...part]),
        [count, parts[0]?.length ?? 0],
      );
    },
  };
}

/** The base model on any number of images in planes, [n, channels, height, width] -> logits, [n, classes]. */
export function createLogitsRunner(
  base: BaseModel,
  preprocessing: Preprocessing,
): (images: Tensor<'float32'>) => Promise<Tensor<'float32'>> {
  const length = inputLength(preprocessing);
  return async (images) => {
    const count = images.shape[0]!;
    const rows: Float32Array[] = [];
    for (let start = 0; start < count; start += base.batchSize) {
      const taken = Math.min(base.batchSize, count - start);
      const data = new Float32Array(base.batchSize * length);
      data.set(inModelLayout(preprocessing, images.data.subarray(start * length, (start + taken) * length)));
      rows.push((await base.run(data, taken)).logits.data);
    }
    const logits = Float32Array.from(rows.flatMap((row) => [...row]));
    return tensor('float32', [count, count === 0 ? 0 : logits.length / count], logits);
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

/** Values of images in planes, in the order of the model's axes. */
export function inModelLayout(preprocessing: Preprocessing, planes: Float32Array): Float32Array {
  if (preprocessing.layout === 'NCHW') return planes;
  const pixels = preprocessing.width * preprocessing.height;
  return swapped(planes, inputLength(preprocessing) / pixels, pixels);
}

/** Values of images in the order of the model's axes, in planes. */
export function inPlanes(preprocessing: Preprocessing, values: Float32Array): Float32Array {
  if (preprocessing.layout === 'NCHW') return values;
  const pixels = preprocessing.width * preprocessing.height;
  return swapped(values, pixels, inputLength(preprocessing) / pixels);
}

/** One or more matrices [n, rows, columns] -> [n, columns, rows]. */
function swapped(matrices: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrices.length);
  const size = rows * columns;
  for (let start = 0; start < matrices.length; start += size) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        result[start + column * rows + row] = matrices[start + row * columns + column]!;
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
