/** Superpixels by SLIC (Achanta et al. 2012): k-means in colour and place, then every segment made connected. */
import { EngineError } from '../errors.ts';
import type { Pixels } from '../image/resize.ts';
import { labOf } from './lab.ts';

/** A picture in segments. */
export interface Segments {
  readonly width: number;
  readonly height: number;
  /** Segment of every pixel, 0..count-1, [height * width]. */
  readonly labels: Int32Array;
  readonly count: number;
}

/** How to divide. */
export interface SlicOptions {
  /** Segments wanted, 1..pixels; about as many come out. */
  readonly count: number;
  /** Weight m of place against colour (equation 3): 10 follows edges, 40 makes squares. Default 10, the paper's. */
  readonly compactness?: number;
}

const COMPACTNESS = 10;

/** "10 iterations suffices for most images" (section 3.1). */
const ITERATIONS = 10;

/** A connected part smaller than this share of a segment's expected area joins its neighbour, as in the authors' program. */
const SMALLEST_SHARE = 0.25;

/** A cluster centre: colour in CIELAB and place in px. */
interface Centre {
  l: number;
  a: number;
  b: number;
  x: number;
  y: number;
}

/**
 * Divides a picture. No chance is involved.
 * @throws EngineError 'configuration' for a count that is not a whole number from 1 to the number of pixels
 */
export function slic(pixels: Pixels, { count, compactness = COMPACTNESS }: SlicOptions): Segments {
  const { width, height } = pixels;
  const size = width * height;
  if (!Number.isInteger(count) || count < 1 || count > size) {
    throw new EngineError(
      'configuration',
      `A picture of ${width} x ${height} px divides into 1 to ${size} segments, not ${count}.`,
      {
        expected: `1..${size}`,
        found: String(count),
      },
    );
  }
  const lab = labOf(pixels);
  const step = Math.sqrt(size / count);
  const centres = startCentres(lab, width, height, step);
  const labels = new Int32Array(size);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    assign(lab, width, height, centres, step, compactness, labels);
    moveCentres(lab, width, centres, labels);
  }
  return connect(labels, width, height, SMALLEST_SHARE * step * step);
}

/** Centres on a regular grid, each moved to the place of lowest gradient among its neighbours (section 3.1). */
function startCentres(lab: Float32Array, width: number, height: number, step: number): Centre[] {
  const columns = Math.max(1, Math.round(width / step));
  const rows = Math.max(1, Math.round(height / step));
  const centres: Centre[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = Math.floor(((column + 0.5) * width) / columns);
      const y = Math.floor(((row + 0.5) * height) / rows);
      centres.push(centreAt(lab, width, calmest(lab, width, height, x, y)));
    }
  }
  return centres;
}

function centreAt(lab: Float32Array, width: number, pixel: number): Centre {
  const [l, a, b] = [lab[pixel * 3]!, lab[pixel * 3 + 1]!, lab[pixel * 3 + 2]!];
  return { l, a, b, x: pixel % width, y: Math.floor(pixel / width) };
}

/** The pixel of lowest gradient in the 3 x 3 neighbourhood; the middle wins among equals. */
function calmest(lab: Float32Array, width: number, height: number, x: number, y: number): number {
  let best = y * width + x;
  let lowest = gradientAt(lab, width, height, x, y);
  for (let near = 0; near < 9; near++) {
    const [nearX, nearY] = [x + (near % 3) - 1, y + Math.floor(near / 3) - 1];
    if (nearX < 0 || nearY < 0 || nearX >= width || nearY >= height) continue;
    const gradient = gradientAt(lab, width, height, nearX, nearY);
    if (gradient < lowest) [lowest, best] = [gradient, nearY * width + nearX];
  }
  return best;
}

/** |I(x+1, y) - I(x-1, y)|^2 + |I(x, y+1) - I(x, y-1)|^2 (equation 2); edges repeat. */
function gradientAt(lab: Float32Array, width: number, height: number, x: number, y: number): number {
  const clamp = (value: number, length: number): number => Math.min(length - 1, Math.max(0, value));
  const difference = (one: number, other: number): number =>
    [0, 1, 2].reduce((sum, part) => sum + (lab[one * 3 + part]! - lab[other * 3 + part]!) ** 2, 0);
  const at = (atX: number, atY: number): number => clamp(atY, height) * width + clamp(atX, width);
  return difference(at(x + 1, y), at(x - 1, y)) + difference(at(x, y + 1), at(x, y - 1));
}

/** Gives every pixel to the nearest centre within twice the step (algorithm 1). */
function assign(
  lab: Float32Array,
  width: number,
  height: number,
  centres: readonly Centre[],
  step: number,
  compactness: number,
  labels: Int32Array,
): void {
  const distances = new Float64Array(labels.length).fill(Infinity);
  const placeWeight = (compactness / step) ** 2;
  centres.forEach(({ l, a, b, x, y }, label) => {
    const [left, right] = [Math.max(0, Math.floor(x - step)), Math.min(width - 1, Math.ceil(x + step))];
    const [top, bottom] = [Math.max(0, Math.floor(y - step)), Math.min(height - 1, Math.ceil(y + step))];
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const pixel = row * width + column;
        const colour = (lab[pixel * 3]! - l) ** 2 + (lab[pixel * 3 + 1]! - a) ** 2 + (lab[pixel * 3 + 2]! - b) ** 2;
        const distance = colour + placeWeight * ((column - x) ** 2 + (row - y) ** 2);
        if (distance < distances[pixel]!) {
          distances[pixel] = distance;
          labels[pixel] = label;
        }
      }
    }
  });
}

/** Moves every centre to the mean of its pixels; one without pixels stays. */
function moveCentres(lab: Float32Array, width: number, centres: Centre[], labels: Int32Array): void {
  const sums = new Float64Array(centres.length * 6);
  labels.forEach((label, pixel) => {
    const at = label * 6;
    for (let part = 0; part < 3; part++) sums[at + part]! += lab[pixel * 3 + part]!;
    sums[at + 3]! += pixel % width;
    sums[at + 4]! += Math.floor(pixel / width);
    sums[at + 5]! += 1;
  });
  centres.forEach((centre, label) => {
    const [l, a, b, x, y, total] = sums.subarray(label * 6, label * 6 + 6) as unknown as number[];
    if (total! > 0)
      Object.assign(centre, { l: l! / total!, a: a! / total!, b: b! / total!, x: x! / total!, y: y! / total! });
  });
}

/** Numbers the connected parts anew; a part below `smallest` pixels joins the neighbour that came before it. */
function connect(labels: Int32Array, width: number, height: number, smallest: number): Segments {
  const result = new Int32Array(labels.length).fill(-1);
  const queue = new Int32Array(labels.length);
  let count = 0;
  for (let start = 0; start < labels.length; start++) {
    if (result[start] !== -1) continue;
    // The pixels above and to the left were numbered already: a part is met at its first pixel.
    const before = start % width > 0 ? result[start - 1]! : start >= width ? result[start - width]! : -1;
    result[start] = count;
    queue[0] = start;
    let length = 1;
    for (let read = 0; read < length; read++) {
      const pixel = queue[read]!;
      const x = pixel % width;
      const visit = (next: number): void => {
        if (result[next] !== -1 || labels[next] !== labels[start]) return;
        result[next] = count;
        queue[length++] = next;
      };
      if (x > 0) visit(pixel - 1);
      if (x < width - 1) visit(pixel + 1);
      if (pixel >= width) visit(pixel - width);
      if (pixel < labels.length - width) visit(pixel + width);
    }
    if (length < smallest && before !== -1) for (let read = 0; read < length; read++) result[queue[read]!] = before;
    else count++;
  }
  return { width, height, labels: result, count };
}
