/** Reads the PyTorch float64 fixtures of test/fixtures/torch; their format is described in fixture.py there. */
import { readFileSync } from 'node:fs';
import { float32, tensor } from '../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../main/engine/tensor/tensor.ts';

/** A fixture: what PyTorch was given, and what it found in float64. */
export interface TorchFixture {
  readonly settings: Readonly<Record<string, number>>;
  /** Exact in float32. */
  readonly inputs: Readonly<Record<string, Tensor<'float32'>>>;
  readonly values: Readonly<Record<string, Tensor<'float64'>>>;
  /** d loss / d input, for every input that has one. */
  readonly gradients: Readonly<Record<string, Tensor<'float64'>>>;
}

interface Packed {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface PackedFixture {
  readonly settings: Record<string, number>;
  readonly inputs: Record<string, Packed>;
  readonly values: Record<string, Packed>;
  readonly gradients: Record<string, Packed>;
}

/** Reads one fixture. @param name file name without .json */
export function readTorchFixture(name: 'head-step' | 'residual'): TorchFixture {
  const text = readFileSync(new URL(`../fixtures/torch/${name}.json`, import.meta.url), 'utf8');
  const packed = JSON.parse(text) as PackedFixture;
  const exact = ({ shape, data }: Packed): Tensor<'float64'> => tensor('float64', shape, Float64Array.from(data));
  return {
    settings: packed.settings,
    inputs: mapValues(packed.inputs, ({ shape, data }) => float32(data, shape)),
    values: mapValues(packed.values, exact),
    gradients: mapValues(packed.gradients, exact),
  };
}

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
