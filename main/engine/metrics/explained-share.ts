/** How much of the base model's logit the words account for. */

/**
 * 1 - |residual| / (|residual| + sum |contributions|), 0..1; residual = base logit - bias - sum of contributions.
 * 1 when contributions and bias give the base logit exactly; NaN when there is neither contribution nor residual.
 * @param contributions word score x word weight of the explained class, [words]
 * @param bias the last layer's bias of that class
 * @param baseLogit the base model's logit of that class
 */
export function explainedShare(contributions: Float64Array, bias: number, baseLogit: number): number {
  let sum = 0;
  let magnitude = 0;
  for (const contribution of contributions) {
    sum += contribution;
    magnitude += Math.abs(contribution);
  }
  const residual = Math.abs(baseLogit - bias - sum);
  return 1 - residual / (residual + magnitude);
}
