/** Grad-CAM at the cut point: in closed form for a pooled linear head, by differentiation for any other. */
import { InvariantError } from '../errors.ts';
import type { Head } from '../onnx/cut.ts';
import type { Graph } from '../onnx/graph.ts';
import type { GraphRunner } from '../runner.ts';
import { tensor } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { emitGradCam, GRAD_CAM_OUTPUT, UPSTREAM_INPUT } from './grad-cam-graph.ts';

/** How attention was computed; every report states it. */
export type AttentionSource = 'closedForm' | 'differentiated';

/** Grad-CAM maps of some images. */
export interface AttentionMaps {
  /** [n, height, width], each divided by its maximum: in [0, 1]. */
  readonly maps: Tensor<'float32'>;
  /** True where no position speaks for the class: the map is all zero. One per image. */
  readonly isFlat: readonly boolean[];
}

/** Computes Grad-CAM maps for one base model. */
export interface GradCam {
  readonly source: AttentionSource;
  /**
   * @param features at the cut point, [n, channels, height, width]
   * @param classes the class to explain, one per image; 0 or 1 for a single logit
   */
  maps(features: Tensor<'float32'>, classes: readonly number[]): Promise<AttentionMaps>;
  /** Frees the session. Idempotent. */
  dispose(): Promise<void>;
}

/**
 * Chooses the exact form for the head at hand.
 * @param options.head from `cutModel`
 * @param options.headGraph features -> logits with a fixed number of images per run; any number is served
 * @throws EngineError 'gradient-forbidden' naming the node when the head cannot be differentiated
 */
export async function createGradCam(options: {
  readonly head: Head;
  readonly headGraph: Graph;
  readonly runner: GraphRunner;
}): Promise<GradCam> {
  const { head, headGraph, runner } = options;
  if (head.kind === 'gap-linear') {
    return {
      source: 'closedForm',
      maps: (features, classes) => Promise.resolve(gradCamOfLinearHead(features, classes, head.weights)),
      dispose: () => Promise.resolve(),
    };
  }
  const { graph, batch, logitCount, featuresInput } = emitGradCam(headGraph);
  const session = await runner.open(graph);
  return {
    source: 'differentiated',
    dispose: () => session.dispose(),
    async maps(features, classes) {
      const weighted = await inRuns(features, batch, async (part, first) => {
        const upstream = upstreamOf(classes.slice(first, first + batch), batch, logitCount);
        const outputs = await session.run({ [featuresInput]: part, [UPSTREAM_INPUT]: upstream });
        return outputs[GRAD_CAM_OUTPUT] as Tensor<'float32'>;
      });
      return normalizeMaps(weighted);
    },
  };
}

/**
 * Grad-CAM of logits = weights . mean over positions of F + bias. There dy_c/dF[k,i,j] = w_ck / (h w) everywhere, so
 * alpha_k = w_ck / (h w) exactly (Selvaraju et al. 2017, section 3.1; CAM of Zhou et al. 2016 up to scale).
 * @param features [n, channels, height, width]
 * @param classes one per image
 * @param weights [classes, channels]
 */
export function gradCamOfLinearHead(
  features: Tensor<'float32'>,
  classes: readonly number[],
  weights: Tensor<'float32'>,
): AttentionMaps {
  const [count, channels, height, width] = features.shape as [number, number, number, number];
  const logitCount = weights.shape[0]!;
  if (classes.length !== count || weights.shape[1] !== channels) {
    throw new InvariantError(`grad-cam: ${classes.length} classes, weights [${weights.shape.join(', ')}]`);
  }
  const positions = height * width;
  const weighted = new Float32Array(count * positions);
  classes.forEach((explained, image) => {
    const { row, sign } = logitOfClass(explained, logitCount);
    const map = weighted.subarray(image * positions, (image + 1) * positions);
    for (let channel = 0; channel < channels; channel++) {
      const alpha = (sign * weights.data[row * channels + channel]!) / positions;
      const start = (image * channels + channel) * positions;
      for (let position = 0; position < positions; position++) {
        map[position]! += alpha * features.data[start + position]!;
      }
    }
  });
  return normalizeMaps(tensor('float32', [count, height, width], weighted));
}

/** ReLU and division by each map's maximum. @param weighted sum over channels of alpha_k F_k, [n, height, width] */
export function normalizeMaps(weighted: Tensor<'float32'>): AttentionMaps {
  const [count, height, width] = weighted.shape as [number, number, number];
  const data = Float32Array.from(weighted.data, (value) => Math.max(0, value));
  const isFlat: boolean[] = [];
  for (let image = 0; image < count; image++) {
    const map = data.subarray(image * height * width, (image + 1) * height * width);
    const largest = map.reduce((a, b) => Math.max(a, b), 0);
    isFlat.push(largest === 0);
    if (largest > 0) map.forEach((value, position) => (map[position] = value / largest));
  }
  return { maps: tensor('float32', [count, height, width], data), isFlat };
}

/** The logit behind a class: its own, or the only one, which speaks for class 1 and, negated, for class 0. */
export function logitOfClass(explained: number, logitCount: number): { row: number; sign: number } {
  return logitCount === 1 ? { row: 0, sign: explained === 1 ? 1 : -1 } : { row: explained, sign: 1 };
}

/** Upstream gradient that picks each image's class, [batch, logits]; rows beyond the classes are zero. */
function upstreamOf(classes: readonly number[], batch: number, logitCount: number): Tensor<'float32'> {
  const data = new Float32Array(batch * logitCount);
  classes.forEach((explained, image) => {
    const { row, sign } = logitOfClass(explained, logitCount);
    data[image * logitCount + row] = sign;
  });
  return tensor('float32', [batch, logitCount], data);
}

/** Runs a graph of `batch` images over any number of images; the last part is filled up with zeros. */
async function inRuns(
  features: Tensor<'float32'>,
  batch: number,
  run: (part: Tensor<'float32'>, first: number) => Promise<Tensor<'float32'>>,
): Promise<Tensor<'float32'>> {
  const [count, ...axes] = features.shape as [number, ...number[]];
  const [, height, width] = axes as [number, number, number];
  const size = features.data.length / count;
  const result = new Float32Array(count * height * width);
  for (let first = 0; first < count; first += batch) {
    const images = Math.min(batch, count - first);
    const part = new Float32Array(batch * size);
    part.set(features.data.subarray(first * size, (first + images) * size));
    const output = await run(tensor('float32', [batch, ...axes], part), first);
    result.set(output.data.subarray(0, images * height * width), first * height * width);
  }
  return tensor('float32', [count, height, width], result);
}
