/** Comparison of tensors within a tolerance, with a message that says where they part. */
import { expect } from 'vitest';
import type { Tensor } from '../../main/engine/tensor/tensor.ts';

/** |actual - expected| <= absolute + relative * |expected|, element by element (numpy.allclose). */
export interface Tolerance {
  /** Default 1e-6. */
  readonly absolute?: number;
  /** Default 1e-5. */
  readonly relative?: number;
}

/** Where two tensors differ. */
export interface Comparison {
  readonly close: boolean;
  /** Largest |actual - expected|; Infinity when one is NaN or infinite and the other is not. */
  readonly difference: number;
  /** '' when close, otherwise shapes or the worst element in words. */
  readonly message: string;
}

/** Compares shape and elements; element types may differ (float32 against the reference's float64). */
export function compareTensors(actual: Tensor, expected: Tensor, tolerance: Tolerance = {}): Comparison {
  const { absolute = 1e-6, relative = 1e-5 } = tolerance;
  if (actual.shape.join() !== expected.shape.join()) {
    const message = `shape is [${actual.shape.join(', ')}], expected [${expected.shape.join(', ')}]`;
    return { close: false, difference: Infinity, message };
  }
  let [worst, worstExcess, where] = [0, 0, -1];
  for (let index = 0; index < expected.data.length; index++) {
    const [found, wanted] = [Number(actual.data[index]), Number(expected.data[index])];
    if (Object.is(found, wanted) || found === wanted) continue;
    const difference = Math.abs(found - wanted);
    const gap = Number.isNaN(difference) ? Infinity : difference;
    worst = Math.max(worst, gap);
    const excess = gap - (absolute + (Number.isFinite(wanted) ? relative * Math.abs(wanted) : 0));
    if (excess > worstExcess) [worstExcess, where] = [excess, index];
  }
  if (where < 0) return { close: true, difference: worst, message: '' };
  const index = unravel(where, expected.shape).join(', ');
  const message =
    `element [${index}] of [${expected.shape.join(', ')}] is ${String(actual.data[where])}, ` +
    `expected ${String(expected.data[where])} (allowed ${absolute} + ${relative} of the value)`;
  return { close: false, difference: worst, message };
}

/** Asserts that two tensors agree; see {@link compareTensors}. */
export function expectAllclose(actual: Tensor, expected: Tensor, tolerance: Tolerance = {}): void {
  const { close, message } = compareTensors(actual, expected, tolerance);
  expect(close, message).toBe(true);
}

function unravel(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(flat % shape[axis]!);
    flat = Math.floor(flat / shape[axis]!);
  }
  return index;
}
