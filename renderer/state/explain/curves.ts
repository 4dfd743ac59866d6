/** What is read off insertion and deletion curves. */

/**
 * Area under a curve by trapezoids over its shares of pixels, 0..1 for probabilities.
 * @param fractions ascending
 */
export function areaUnder(fractions: readonly number[], values: readonly number[]): number {
  let area = 0;
  for (let place = 1; place < fractions.length; place++) {
    area += (fractions[place]! - fractions[place - 1]!) * (values[place]! + values[place - 1]!) * 0.5;
  }
  return area;
}
