/** An image as a game of its segments: those that are not there show the fill. */
import { tensor } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Segments } from './slic.ts';
import type { SetFunction, ValueOf } from './value.ts';

/** Images per call: the base model divides them further; more would only take memory. */
const CALL_LENGTH = 16;

/** What is played with. */
export interface SegmentGameOptions {
  /** [channels, height, width] */
  readonly image: Tensor<'float32'>;
  readonly segments: Segments;
  /** What a missing segment shows, [channels, height, width]. */
  readonly fill: Float32Array;
  readonly valueOf: ValueOf;
}

/** The value of the image with only some of its segments. The players are the segments. */
export function segmentGame({ image, segments, fill, valueOf }: SegmentGameOptions): SetFunction {
  const { labels } = segments;
  const size = image.data.length;
  const draw = (present: Uint8Array, target: Float32Array): void => {
    for (let start = 0; start < size; start += labels.length) {
      for (let pixel = 0; pixel < labels.length; pixel++) {
        const place = start + pixel;
        target[place] = present[labels[pixel]!] === 1 ? image.data[place]! : fill[place]!;
      }
    }
  };
  return async (sets) => {
    const values = new Float64Array(sets.length);
    for (let start = 0; start < sets.length; start += CALL_LENGTH) {
      const part = sets.slice(start, start + CALL_LENGTH);
      const images = new Float32Array(part.length * size);
      part.forEach((present, place) => draw(present, images.subarray(place * size, (place + 1) * size)));
      values.set(await valueOf(tensor('float32', [part.length, ...image.shape], images)), start);
    }
    return values;
  };
}

/** What the segments were given, as a map: each pixel has the value of its segment. @returns [height * width] */
export function segmentMap({ labels }: Segments, values: ArrayLike<number>): Float32Array {
  return Float32Array.from(labels, (label) => values[label]!);
}
