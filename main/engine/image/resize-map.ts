/** Upsamples small maps (attention, activation) to image resolution: separable, half-pixel centres, clamped edges. */
import { InvariantError } from '../errors.ts';

/** Bilinear, or bicubic convolution with a = -0.75 (Keys 1981 with the coefficient of OpenCV and PyTorch). */
export type MapResampling = 'bilinear' | 'bicubic';

/** Coefficient of the bicubic kernel. */
const BICUBIC_A = -0.75;

/** Where each output sample reads: `taps` source indices and weights per output position. */
export interface ResampleTaps {
  readonly taps: number;
  /** [to, taps], clamped to 0..from-1 */
  readonly indices: Int32Array;
  /** [to, taps], each row sums to 1 */
  readonly weights: Float32Array;
}

/**
 * Taps of one axis: output centre x + 1/2 reads the source at (x + 1/2) from / to - 1/2.
 * @param from source samples, >= 1
 * @param to output samples, >= 1
 */
export function resampleTaps(method: MapResampling, from: number, to: number): ResampleTaps {
  const taps = method === 'bicubic' ? 4 : 2;
  const indices = new Int32Array(to * taps);
  const weights = new Float32Array(to * taps);
  for (let position = 0; position < to; position++) {
    const source = ((position + 0.5) * from) / to - 0.5;
    const first = Math.floor(source);
    const fraction = source - first;
    const row = method === 'bicubic' ? bicubicWeights(fraction) : [1 - fraction, fraction];
    row.forEach((weight, tap) => {
      const index = first + tap - (taps / 2 - 1);
      indices[position * taps + tap] = Math.min(from - 1, Math.max(0, index));
      weights[position * taps + tap] = weight;
    });
  }
  return { taps, indices, weights };
}

/** Weights of the neighbours at -1, 0, 1, 2 for an offset of 0 <= t < 1 from neighbour 0. */
function bicubicWeights(t: number): number[] {
  const a = BICUBIC_A;
  const near = (x: number): number => ((a + 2) * x - (a + 3)) * x * x + 1; // |x| <= 1
  const far = (x: number): number => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; // 1 < |x| < 2
  return [far(1 + t), near(t), near(1 - t), far(2 - t)];
}

/** Upsamples one map; writes row-major [outputHeight, outputWidth] into `target` and returns it. */
export type MapResizer = (source: Float32Array, target: Float32Array) => Float32Array;

/** Sizes of a resizer's maps. */
export interface MapResizerOptions {
  readonly method: MapResampling;
  readonly height: number;
  readonly width: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
}

/**
 * Prepares the taps of one map size once; the resizer keeps one row buffer and is not re-entrant.
 * @throws InvariantError (from the resizer) when source or target has another size
 */
export function createMapResizer(options: MapResizerOptions): MapResizer {
  const { method, height, width, outputHeight, outputWidth } = options;
  const across = resampleTaps(method, width, outputWidth);
  const down = resampleTaps(method, height, outputHeight);
  const rows = new Float32Array(height * outputWidth);
  const blend = method === 'bicubic' ? blendFourRows : blendTwoRows;
  return (source, target) => {
    if (source.length !== height * width || target.length !== outputHeight * outputWidth) {
      throw new InvariantError(
        `resize: ${source.length} -> ${target.length} elements, prepared for ${height * width} -> ${outputHeight * outputWidth}`,
      );
    }
    // 1. across: [height, width] -> [height, outputWidth], the small axis first so that the large pass is one only
    const { taps, indices, weights } = across;
    for (let row = 0; row < height; row++) {
      for (let x = 0; x < outputWidth; x++) {
        let sum = 0;
        for (let tap = x * taps; tap < (x + 1) * taps; tap++)
          sum += weights[tap]! * source[row * width + indices[tap]!]!;
        rows[row * outputWidth + x] = sum;
      }
    }
    // 2. down: whole rows are blended, [height, outputWidth] -> [outputHeight, outputWidth]
    blend(rows, down, outputWidth, target);
    return target;
  };
}

function blendTwoRows(rows: Float32Array, down: ResampleTaps, width: number, target: Float32Array): void {
  for (let y = 0, out = 0; out < target.length; y++) {
    const a = down.indices[y * 2]! * width;
    const b = down.indices[y * 2 + 1]! * width;
    const weightA = down.weights[y * 2]!;
    const weightB = down.weights[y * 2 + 1]!;
    for (let x = 0; x < width; x++, out++) target[out] = weightA * rows[a + x]! + weightB * rows[b + x]!;
  }
}

function blendFourRows(rows: Float32Array, down: ResampleTaps, width: number, target: Float32Array): void {
  for (let y = 0, out = 0; out < target.length; y++) {
    const a = down.indices[y * 4]! * width;
    const b = down.indices[y * 4 + 1]! * width;
    const c = down.indices[y * 4 + 2]! * width;
    const d = down.indices[y * 4 + 3]! * width;
    const weightA = down.weights[y * 4]!;
    const weightB = down.weights[y * 4 + 1]!;
    const weightC = down.weights[y * 4 + 2]!;
    const weightD = down.weights[y * 4 + 3]!;
    for (let x = 0; x < width; x++, out++) {
      target[out] = weightA * rows[a + x]! + weightB * rows[b + x]! + weightC * rows[c + x]! + weightD * rows[d + x]!;
    }
  }
}
