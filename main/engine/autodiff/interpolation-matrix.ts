/** Resampling of one axis as a matrix: Resize is linear, so its forward pass and its gradient are products with it. */

/** How one axis is resampled; names and formulas of ONNX Resize-18. */
export interface Interpolation {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly coordinates: 'half_pixel' | 'half_pixel_symmetric' | 'pytorch_half_pixel' | 'align_corners' | 'asymmetric';
  /** Rounding of mode nearest; default round_prefer_floor. */
  readonly rounding?: 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';
  /** Coefficient of mode cubic; default -0.75. */
  readonly cubicCoefficient?: number;
  /** Mode cubic: weights outside the input count as 0 and the rest is scaled to 1; default false. */
  readonly excludeOutside?: boolean;
  /** Output size / input size; default their quotient. */
  readonly scale?: number;
}

/**
 * The matrix of a resampling along one axis: output = matrix x input.
 * @returns row-major [outputSize, inputSize]; every row sums to 1
 */
export function interpolationMatrix(inputSize: number, outputSize: number, options: Interpolation): Float64Array {
  const matrix = new Float64Array(outputSize * inputSize);
  const scale = options.scale ?? outputSize / inputSize;
  for (let output = 0; output < outputSize; output++) {
    const position = sourceCoordinate(output, inputSize, outputSize, scale, options.coordinates);
    for (const [index, weight] of weightsAt(position, inputSize, options)) {
      matrix[output * inputSize + index]! += weight;
    }
  }
  return matrix;
}

function sourceCoordinate(
  output: number,
  inputSize: number,
  outputSize: number,
  scale: number,
  coordinates: Interpolation['coordinates'],
): number {
  switch (coordinates) {
    case 'asymmetric':
      return output / scale;
    case 'align_corners':
      return outputSize === 1 ? 0 : (output * (inputSize - 1)) / (outputSize - 1);
    case 'pytorch_half_pixel':
      return outputSize === 1 ? 0 : (output + 0.5) / scale - 0.5;
    case 'half_pixel':
      return (output + 0.5) / scale - 0.5;
    case 'half_pixel_symmetric': {
      const adjustment = outputSize / (scale * inputSize);
      return (inputSize / 2) * (1 - adjustment) + (output + 0.5) / scale - 0.5;
    }
  }
}

/** Input indices and weights that make one output. Positions outside the input repeat its border. */
function weightsAt(position: number, size: number, options: Interpolation): [index: number, weight: number][] {
  const inside = (index: number): number => Math.min(Math.max(index, 0), size - 1);
  if (options.mode === 'nearest') return [[inside(rounded(position, options.rounding ?? 'round_prefer_floor')), 1]];
  if (options.mode === 'linear') {
    const clamped = Math.min(Math.max(position, 0), size - 1);
    const low = Math.floor(clamped);
    return [
      [low, 1 - (clamped - low)],
      [inside(low + 1), clamped - low],
    ];
  }
  const low = Math.floor(position);
  const taps = [-1, 0, 1, 2].map((offset): [number, number] => {
    const weight = cubicWeight(Math.abs(position - low - offset), options.cubicCoefficient ?? -0.75);
    const index = low + offset;
    return [index, options.excludeOutside === true && index !== inside(index) ? 0 : weight];
  });
  const total = options.excludeOutside === true ? taps.reduce((sum, [, weight]) => sum + weight, 0) : 1;
  return taps.map(([index, weight]) => [inside(index), weight / total]);
}

function rounded(position: number, rounding: NonNullable<Interpolation['rounding']>): number {
  switch (rounding) {
    case 'floor':
      return Math.floor(position);
    case 'ceil':
      return Math.ceil(position);
    case 'round_prefer_floor':
      return Math.ceil(position - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(position + 0.5);
  }
}

/** Cubic convolution kernel (Keys 1981) with free coefficient a. */
function cubicWeight(distance: number, a: number): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance ** 2 + 1;
  if (distance < 2) return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
  return 0;
}
