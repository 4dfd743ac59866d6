/** Emits the Adam update of one parameter (Kingma and Ba 2015, algorithm 1, with L2 decay added to the gradient). */
import type { GraphBuilder } from '../onnx/build.ts';
import { add, div, mul, scalarOf, sqrt, square, sub } from '../onnx/emit.ts';

/** Adam's published constants. */
export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-8;

/** Scalars one step needs; bias correction lives in them, so the moments can stay unscaled sums. */
export interface StepScalars {
  /** Multiplies firstMoment / (sqrt(secondMoment) + epsilon). */
  readonly rate: number;
  readonly epsilon: number;
}

/** Values an update gives. */
export interface AdamUpdate {
  readonly parameter: string;
  readonly firstMoment: string;
  readonly secondMoment: string;
}

/**
 * The moments are kept as M = b1 M + g and V = b2 V + g^2, without the factors (1 - b1) and (1 - b2): two element-wise
 * products fewer per parameter (126 -> 95 ms for 9.5 million parameters). This gives the scalars that make
 * rate M / (sqrt(V) + epsilon) equal to Adam's learningRate m^ / (sqrt(v^) + 1e-8).
 * @param step 1 for the first step
 */
export function adamScalars(learningRate: number, step: number): StepScalars {
  const first = (1 - BETA1) / (1 - BETA1 ** step);
  const second = Math.sqrt((1 - BETA2) / (1 - BETA2 ** step));
  return { rate: (learningRate * first) / second, epsilon: EPSILON / second };
}

/**
 * Emits one update; all values have the parameter's shape except the scalars.
 * @param names.gradient d loss / d parameter
 * @param names.rate, names.epsilon scalars of {@link adamScalars}
 * @param decay L2 strength, added to the gradient as decay * parameter (not decoupled)
 */
export function emitAdam(
  b: GraphBuilder,
  names: {
    readonly parameter: string;
    readonly gradient: string;
    readonly firstMoment: string;
    readonly secondMoment: string;
    readonly rate: string;
    readonly epsilon: string;
  },
  decay: number,
): AdamUpdate {
  const { parameter } = names;
  const gradient = decay === 0 ? names.gradient : add(b, names.gradient, mul(b, parameter, scalarOf(b, decay)));
  const firstMoment = add(b, mul(b, names.firstMoment, scalarOf(b, BETA1)), gradient);
  const secondMoment = add(b, mul(b, names.secondMoment, scalarOf(b, BETA2)), square(b, gradient));
  const direction = div(b, firstMoment, add(b, sqrt(b, secondMoment), names.epsilon));
  return { parameter: sub(b, parameter, mul(b, direction, names.rate)), firstMoment, secondMoment };
}
