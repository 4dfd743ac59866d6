/** A small feature set with known structure: each class lights its own channels at its own place, parts are shared. */
import { createRandom } from '../../main/engine/tensor/random.ts';
import { float32 } from '../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../main/engine/tensor/tensor.ts';
import type { FeatureBatch } from '../../main/engine/training/feature-source.ts';

/** Sizes of the set. */
export interface SyntheticSize {
  readonly count: number;
  readonly channels: number;
  readonly side: number;
  readonly classCount: number;
}

/** Features, exact logits and Grad-CAM of a linear head, and that head. */
export interface SyntheticSet {
  readonly batch: FeatureBatch;
  readonly labels: readonly number[];
  /** Weights of the head after global average pooling, [classes, channels]. */
  readonly head: Tensor<'float32'>;
}

/**
 * Images whose class shows as two active channels in a 2 x 2 block at a random place, one of them shared with the next
 * class, over weak noise; some positions have no features at all.
 */
export function syntheticSet({ count, channels, side, classCount }: SyntheticSize, seed: number): SyntheticSet {
  const random = createRandom(seed);
  const positions = side * side;
  const features = new Float32Array(count * channels * positions);
  const head = new Float32Array(classCount * channels);
  for (let row = 0; row < classCount; row++) {
    head[row * channels + row] = 6;
    head[row * channels + ((row + 1) % classCount)] = 2;
    for (let channel = 0; channel < channels; channel++) head[row * channels + channel]! += 0.1 * random.normal();
  }
  const labels = Array.from({ length: count }, (_, image) => image % classCount);
  const logits = new Float32Array(count * classCount);
  const attention = new Float32Array(count * positions);
  labels.forEach((label, image) => {
    const [top, left] = [random.integer(side - 1), random.integer(side - 1)];
    for (let place = 0; place < positions; place++) {
      const [row, column] = [Math.floor(place / side), place % side];
      const isObject = row >= top && row <= top + 1 && column >= left && column <= left + 1;
      if (!isObject && random.next() < 0.1) continue;
      for (let channel = 0; channel < channels; channel++) {
        const isLit = isObject && (channel === label || channel === (label + 1) % classCount);
        features[(image * channels + channel) * positions + place] =
          Math.abs(0.2 * random.normal()) + (isLit ? 3 + random.next() : 0);
      }
    }
    const at = (channel: number, place: number): number => features[(image * channels + channel) * positions + place]!;
    for (let row = 0; row < classCount; row++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        for (let place = 0; place < positions; place++) sum += head[row * channels + channel]! * at(channel, place);
      }
      logits[image * classCount + row] = sum / positions;
    }
    const own = logits.subarray(image * classCount, (image + 1) * classCount);
    const best = own.indexOf(Math.max(...own));
    const map = attention.subarray(image * positions, (image + 1) * positions);
    for (let place = 0; place < positions; place++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += head[best * channels + channel]! * at(channel, place);
      map[place] = Math.max(0, sum);
    }
    const largest = Math.max(...map);
    if (largest > 0) map.forEach((value, place) => (map[place] = value / largest));
  });
  return {
    batch: {
      features: float32(features, [count, channels, side, side]),
      logits: float32(logits, [count, classCount]),
      attention: float32(attention, [count, side, side]),
    },
    labels,
    head: float32(head, [classCount, channels]),
  };
}
