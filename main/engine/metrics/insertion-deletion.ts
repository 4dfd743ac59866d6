/** Insertion and deletion: how the base model's answer follows when a map's strongest pixels are added or removed. */
import { createMapResizer } from '../image/resize-map.ts';
import { tensor } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Steps from no pixel to all pixels: 14 keeps the cost at 28 runs of the base model per map. */
export const PERTURBATION_STEPS = 14;

/** Images per call of the base model. */
const RUN_BATCH = 16;

/** Radius of the blurred start of insertion as a share of the shorter side: 11 px at 224, the kernel of RISE. */
const BLUR_SHARE = 0.05;

/** The base model as perturbation needs it. Images are preprocessed tensors in planes, whatever the model's layout. */
export interface BaseModelRunner {
  /** The preprocessed image, [channels, height, width]. */
  read(imageIndex: number): Promise<Tensor<'float32'>>;
  /** Class probabilities, [n, classes], of images [n, channels, height, width]. */
  probabilities(images: Tensor<'float32'>): Promise<Tensor<'float32'>>;
}

/** Both areas for one image and one map, each 0..1. */
export interface PerturbationResult {
  /** Mean of p_c while the strongest pixels return to the blurred image, strongest first: high is good. */
  readonly insertion: number;
  /** Mean of p_c while the strongest pixels turn into the image's mean colour: low is good. */
  readonly deletion: number;
}

/** How the answer follows, share by share. */
export interface PerturbationCurves {
  /** Shares of the pixels, 0..1 ascending, [steps + 1]. */
  readonly fractions: readonly number[];
  /** p_c after that share returned to the blurred image, strongest first. */
  readonly insertion: readonly number[];
  /** p_c after that share turned into the image's mean colour, strongest first. */
  readonly deletion: readonly number[];
}

/** What to perturb. */
export interface PerturbationOptions {
  /** [channels, height, width] */
  readonly image: Tensor<'float32'>;
  /** Importance of every pixel, [height * width]. */
  readonly map: Float32Array;
  /** Class whose probability is followed. */
  readonly classIndex: number;
  readonly probabilities: BaseModelRunner['probabilities'];
  /** Default PERTURBATION_STEPS. */
  readonly steps?: number;
}

/**
 * Areas under the insertion and deletion curves (Petsiuk et al. 2018, RISE, section 4.2), trapezoids over the share of pixels.
 * @throws whatever the base model's runner throws
 */
export async function insertionDeletion(options: PerturbationOptions): Promise<PerturbationResult> {
  const { insertion, deletion } = await perturbationCurves(options);
  return { insertion: areaUnderCurve(insertion), deletion: areaUnderCurve(deletion) };
}

/**
 * The insertion and deletion curves themselves.
 * @throws whatever the base model's runner throws
 */
export async function perturbationCurves(options: PerturbationOptions): Promise<PerturbationCurves> {
  const { image, map, steps = PERTURBATION_STEPS } = options;
  const order = pixelOrder(map);
  return {
    fractions: Array.from({ length: steps + 1 }, (_, step) => step / steps),
    insertion: await follow(options, blurred(image), image.data, order, steps),
    deletion: await follow(options, image.data, meanColour(image), order, steps),
  };
}

/** Area under a curve over evenly spaced shares 0..1, trapezoids. @param curve at least two values */
export function areaUnderCurve(curve: readonly number[]): number {
  return curve.slice(1).reduce((area, value, index) => area + (value + curve[index]!) / 2, 0) / (curve.length - 1);
}

/** Pixels from the most to the least important; the first pixel wins among equals. */
export function pixelOrder(map: Float32Array): Uint32Array {
  return Uint32Array.from(map, (_, pixel) => pixel).sort((a, b) => map[b]! - map[a]! || a - b);
}

/** Follows p_c while pixels change from `from` to `to` in the given order. */
async function follow(
  options: PerturbationOptions,
  from: Float32Array,
  to: Float32Array,
  order: Uint32Array,
  steps: number,
): Promise<number[]> {
  const { image, classIndex, probabilities } = options;
  const size = image.data.length;
  const current = Float32Array.from(from);
  const curve: number[] = [];
  for (let first = 0; first <= steps; first += RUN_BATCH) {
    const count = Math.min(RUN_BATCH, steps + 1 - first);
    const batch = new Float32Array(count * size);
    for (let place = 0; place < count; place++) {
      exchange(current, to, order, boundary(first + place - 1, steps, order), boundary(first + place, steps, order));
      batch.set(current, place * size);
    }
    const answers = await probabilities(tensor('float32', [count, ...image.shape], batch));
    const classCount = answers.shape[1]!;
    for (let place = 0; place < count; place++) curve.push(answers.data[place * classCount + classIndex]!);
  }
  return curve;
}

/** Pixels that have changed after a step; none before step 0. */
function boundary(step: number, steps: number, order: Uint32Array): number {
  return Math.round((Math.max(0, step) / steps) * order.length);
}

function exchange(current: Float32Array, to: Float32Array, order: Uint32Array, start: number, end: number): void {
  for (const pixel of order.subarray(start, end)) {
    for (let place = pixel; place < current.length; place += order.length) current[place] = to[place]!;
  }
}

/** Every pixel the image's mean colour. @param image [channels, height, width] */
export function meanColour(image: Tensor<'float32'>): Float32Array {
  const plane = image.data.length / image.shape[0]!;
  const filled = new Float32Array(image.data.length);
  for (let start = 0; start < filled.length; start += plane) {
    const mean = image.data.subarray(start, start + plane).reduce((sum, value) => sum + value / plane, 0);
    filled.fill(mean, start, start + plane);
  }
  return filled;
}

/** The image without detail: three box blurs, which come close to a Gaussian (Wells 1986). Edges repeat. */
export function blurred(image: Tensor<'float32'>): Float32Array {
  const [channels, height, width] = image.shape as [number, number, number];
  const radius = Math.max(1, Math.round((Math.min(height, width) * BLUR_SHARE) / 2));
  let current = image.data;
  for (let pass = 0; pass < 3; pass++) {
    current = boxBlur(current, channels * height, width, width, 1, radius);
    for (let channel = 0; channel < channels; channel++) {
      const plane = current.subarray(channel * height * width, (channel + 1) * height * width);
      plane.set(boxBlur(plane, width, height, 1, width, radius));
    }
  }
  return current;
}

/** Moving average along lines: `lines` of `length` samples, `lineStride` from line to line, `stride` along it. */
function boxBlur(
  source: Float32Array,
  lines: number,
  length: number,
  lineStride: number,
  stride: number,
  radius: number,
): Float32Array {
  const result = new Float32Array(source.length);
  for (let line = 0; line < lines; line++) {
    const at = (index: number): number =>
      source[line * lineStride + Math.min(length - 1, Math.max(0, index)) * stride]!;
    let sum = 0;
    for (let index = -radius; index <= radius; index++) sum += at(index);
    for (let index = 0; index < length; index++) {
      result[line * lineStride + index * stride] = sum / (2 * radius + 1);
      sum += at(index + radius + 1) - at(index - radius);
    }
  }
  return result;
}

/** A map at feature resolution, [height * width], as pixel importance of an image (bicubic, as every word map). */
export function pixelImportance(
  map: Float32Array,
  height: number,
  width: number,
  image: Tensor<'float32'>,
): Float32Array {
  const [, outputHeight, outputWidth] = image.shape as [number, number, number];
  const resize = createMapResizer({ method: 'bicubic', height, width, outputHeight, outputWidth });
  return resize(map, new Float32Array(outputHeight * outputWidth));
}
