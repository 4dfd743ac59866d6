/** Points and weights for integrals over [0, 1]. */

/** Midpoints of equal parts (second order), or Gauss-Legendre (exact for polynomials of degree 2 n - 1). */
export type QuadratureRule = 'midpoint' | 'gaussLegendre';

/** Integral of f over [0, 1] is about sum of weights[i] f(points[i]). */
export interface Quadrature {
  /** [n], ascending, inside (0, 1). */
  readonly points: Float64Array;
  /** [n], positive, summing to 1. */
  readonly weights: Float64Array;
}

/** Newton's method on Legendre polynomials doubles its digits each time; it starts with three. */
const NEWTON_STEPS = 8;

/** @param count of points, >= 1 */
export function quadrature(rule: QuadratureRule, count: number): Quadrature {
  if (rule === 'midpoint') {
    return {
      points: Float64Array.from({ length: count }, (_, index) => (index + 0.5) / count),
      weights: new Float64Array(count).fill(1 / count),
    };
  }
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    // Start: Abramowitz and Stegun 22.16.6; roots come in descending order, so the places are turned around.
    let x = Math.cos((Math.PI * (index + 0.75)) / (count + 0.5));
    for (let step = 0; step < NEWTON_STEPS; step++) {
      const { value, slope } = legendre(count, x);
      x -= value / slope;
    }
    const { slope } = legendre(count, x);
    points[count - 1 - index] = (x + 1) / 2;
    weights[count - 1 - index] = 1 / ((1 - x * x) * slope * slope); // 25.4.29, halved for an interval of length 1
  }
  return { points, weights };
}

/** P_n(x) and its derivative by the three-term recurrence, |x| < 1. */
function legendre(n: number, x: number): { readonly value: number; readonly slope: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, slope: (n * (x * value - before)) / (x * x - 1) };
}
