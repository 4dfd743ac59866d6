/** Graphs that differentiate a head at its features: Grad-CAM and class directions. */
import { appendGradients } from '../autodiff/index.ts';
import { InvariantError } from '../errors.ts';
import { GraphBuilder } from '../onnx/build.ts';
import { mul, reduceMean, reduceSum } from '../onnx/emit.ts';
import type { Graph } from '../onnx/graph.ts';

/** Graph input that picks the explained class of each image, [batch, logits]: one-hot. */
export const UPSTREAM_INPUT = 'gradCam.upstream';

/** Graph output: sum over channels of alpha_k F_k before ReLU, [batch, height, width]. */
export const GRAD_CAM_OUTPUT = 'gradCam.weighted';

/** A differentiated head and what its caller must know. */
export interface GradCamGraph {
  readonly graph: Graph;
  /** Images per run. */
  readonly batch: number;
  readonly logitCount: number;
  /** Name of the features' input, [batch, channels, height, width]. */
  readonly featuresInput: string;
}

/**
 * Emits Grad-CAM for any differentiable head: alpha_k = mean over positions of dy_c/dF[k,i,j]
 * (Selvaraju et al. 2017, equation 1).
 * @param headGraph one input (features), one output (logits), canonical, static shapes
 * @throws EngineError 'gradient-forbidden' naming the node that has no gradient
 */
export function emitGradCam(headGraph: Graph): GradCamGraph {
  return emitWithGradient(headGraph, 'gradCam', (builder, features, gradient) => {
    const alpha = reduceMean(builder, gradient, [2, 3], true); // [batch, channels, 1, 1]
    builder.output(reduceSum(builder, mul(builder, alpha, features), [1], false), GRAD_CAM_OUTPUT);
  });
}

/** Graph output of `emitDirections`, [batch, channels]. */
export const DIRECTION_OUTPUT = 'direction';

/**
 * Emits the gradient of the picked logit at the features, summed over positions: the direction in channel space that
 * raises it. For mean pooling and a linear layer this is the class's row of weights.
 * @param headGraph as for `emitGradCam`
 * @throws EngineError 'gradient-forbidden' naming the node that has no gradient
 */
export function emitDirections(headGraph: Graph): GradCamGraph {
  return emitWithGradient(headGraph, 'directions', (builder, _features, gradient) => {
    builder.output(reduceSum(builder, gradient, [2, 3], false), DIRECTION_OUTPUT);
  });
}

function emitWithGradient(
  headGraph: Graph,
  name: string,
  finish: (builder: GraphBuilder, features: string, gradient: string) => void,
): GradCamGraph {
  const features = headGraph.inputs[0]?.name;
  const logits = headGraph.outputs[0]?.name;
  if (features === undefined || logits === undefined) throw new InvariantError(`${name}: head without input or output`);
  const builder = new GraphBuilder({ name, base: headGraph });
  const [batch, logitCount] = builder.shapeOf(logits) as [number, number];
  const upstream = builder.input(UPSTREAM_INPUT, 'float32', [batch, logitCount]);
  finish(builder, features, appendGradients(builder, logits, [features], { upstream }).get(features)!);
  return { graph: builder.build(), batch, logitCount, featuresInput: features };
}
