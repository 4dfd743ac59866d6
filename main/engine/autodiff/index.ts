/** Public entry of differentiation. */
export { appendGradients, gradient, gradientName } from './backward.ts';
export type { AppendOptions, GradientRequest } from './backward.ts';
export { interpolationMatrix } from './interpolation-matrix.ts';
export type { Interpolation } from './interpolation-matrix.ts';
export type { Ties } from './rule-context.ts';
