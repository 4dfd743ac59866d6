/** Float16 storage of features: packing with a check, unpacking through a table. */

/** Largest finite float16 is 65504; from 65520 on values round to infinity (IEEE 754-2019, binary16). */
const INFINITY_BITS = 0x7c00;

/**
 * Packs float32 values as float16.
 * @returns false when a value did not fit (infinite or not a number afterwards); `target` is then worthless
 */
export function packHalf(values: Float32Array, target: Float16Array): boolean {
  target.set(values);
  const bits = new Uint16Array(target.buffer, target.byteOffset, target.length);
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- the iterator takes eight times as long, for every image
  for (let index = 0; index < bits.length; index++) {
    if ((bits[index]! & INFINITY_BITS) === INFINITY_BITS) return false;
  }
  return true;
}

/**
 * A table of all 65,536 float16 values: 1 ns per element against 1.5 ns for the array's own conversion
 * (measured on 5 million elements, Node 24).
 */
export function createHalfTable(): Float32Array {
  const bits = Uint16Array.from({ length: 0x10000 }, (_, index) => index);
  return Float32Array.from(new Float16Array(bits.buffer));
}

/** Unpacks float16 values, given by their bits, into float32. */
export function unpackHalf(table: Float32Array, bits: Uint16Array, target: Float32Array, offset: number): void {
  for (let index = 0, to = offset; index < bits.length; index++, to++) target[to] = table[bits[index]!]!;
}
