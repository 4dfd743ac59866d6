/** Attention maps that need no words: what any claim of attention fidelity must beat. */
import { InvariantError } from '../errors.ts';
import type { Random } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Pairs every place with another one: a uniformly random cyclic permutation (Sattolo 1986), so no place keeps itself.
 * @returns the partner of each place; empty when count < 2, where no such pairing exists
 */
export function derangement(count: number, random: Random): number[] {
  if (count < 2) return [];
  const partners = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const pick = random.integer(last);
    [partners[last], partners[pick]] = [partners[pick]!, partners[last]!];
  }
  return partners;
}

/**
 * A Gaussian at the centre of a square map. Its width does not matter for top parts: every centred Gaussian has the
 * same discs as level sets.
 * @param side pixels
 * @returns [side * side], 1 at the centre
 */
export function centreMap(side: number): Float32Array {
  const map = new Float32Array(side * side);
  const centre = (side - 1) / 2;
  const sigma = side / 4;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      map[y * side + x] = Math.exp(-((x - centre) ** 2 + (y - centre) ** 2) / (2 * sigma * sigma));
    }
  }
  return map;
}

/** Independent uniform values: a map that knows nothing. @returns [positions] */
export function randomMap(positions: number, random: Random): Float32Array {
  return Float32Array.from({ length: positions }, () => random.next());
}

/** Random maps whose mean is the line to beat: one alone may be lucky. */
const RANDOM_ORDERS = 3;

/** The random maps of one image; the mean of what they reach is what a map must beat. @returns RANDOM_ORDERS times [positions] */
export function randomMaps(positions: number, random: Random): readonly Float32Array[] {
  return Array.from({ length: RANDOM_ORDERS }, () => randomMap(positions, random));
}

/**
 * L2 norm of the features at each position.
 * @param features [channels, positions]
 * @returns [positions]
 */
export function featureNorm(features: Float32Array, positions: number): Float32Array {
  const norm = new Float32Array(positions);
  for (let start = 0; start < features.length; start += positions) {
    for (let position = 0; position < positions; position++) norm[position]! += features[start + position]! ** 2;
  }
  return norm.map(Math.sqrt);
}

/** Class directions with their mean over classes taken off: a part all classes share decides nothing. */
export function centredDirections(directions: Tensor<'float32'>): Tensor<'float32'> {
  const [classCount, channels] = directions.shape as [number, number];
  if (directions.shape.length !== 2) throw new InvariantError(`class directions: [${directions.shape.join(', ')}]`);
  const data = Float32Array.from(directions.data);
  for (let channel = 0; channel < channels; channel++) {
    let mean = 0;
    for (let row = 0; row < classCount; row++) mean += data[row * channels + channel]! / classCount;
    // One direction alone (a single logit) has nothing to be compared with.
    for (let row = 0; row < classCount && classCount > 1; row++) data[row * channels + channel]! -= mean;
  }
  return { ...directions, data };
}

/**
 * Largest class evidence at each position: maximum over classes of w_c . F.
 * @param features [channels, positions]
 * @param directions [classes, channels], centred by the caller
 * @returns [positions]
 */
export function classEvidence(features: Float32Array, directions: Tensor<'float32'>, positions: number): Float32Array {
  const [classCount, channels] = directions.shape as [number, number];
  const largest = new Float32Array(positions).fill(-Infinity);
  const evidence = new Float32Array(positions);
  for (let row = 0; row < classCount; row++) {
    evidence.fill(0);
    const weights = directions.data.subarray(row * channels, (row + 1) * channels);
    // Two channels at a time: half the loads and stores of the sums, which bound the speed.
    for (let channel = 0; channel + 1 < channels; channel += 2) {
      const first = weights[channel]!;
      const second = weights[channel + 1]!;
      const start = channel * positions;
      for (let position = 0; position < positions; position++) {
        const here = start + position;
        evidence[position]! += first * features[here]! + second * features[here + positions]!;
      }
    }
    if (channels % 2 === 1) {
      const start = (channels - 1) * positions;
      for (let position = 0; position < positions; position++) {
        evidence[position]! += weights[channels - 1]! * features[start + position]!;
      }
    }
    for (let position = 0; position < positions; position++) {
      largest[position] = Math.max(largest[position]!, evidence[position]!);
    }
  }
  return largest;
}
