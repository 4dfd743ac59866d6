/** Losses on attention against their plain definitions by hand. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import {
  attentionAlignment,
  imageContrast,
  joinedMap,
  softIou,
  strongestMaps,
  strongestWords,
} from '../../../main/engine/training/attention-losses.ts';
import { createReferenceRunner } from '../../support/reference-runner.ts';

/** Emits with the tensors as inputs and runs the result in double precision. */
async function value(
  tensors: readonly Tensor[],
  emit: (b: GraphBuilder, names: string[]) => string,
): Promise<number[]> {
  const b = new GraphBuilder({ name: 'loss' });
  const names = tensors.map((tensor, index) => b.input(`input${index}`, tensor.dtype, tensor.shape));
  b.output(emit(b, names), 'value');
  const session = await createReferenceRunner().open(b.build());
  const inputs = Object.fromEntries(tensors.map((tensor, index) => [`input${index}`, tensor]));
  const result = await session.run(inputs);
  return Array.from(result['value']!.data as Float64Array, Number);
}

describe('strongestWords', () => {
  it('picks the strongest words in order, one row each', async () => {
    const scores = float32([0.2, 0.9, -1, 0.5], [1, 4]);
    expect(await value([scores], (b, [s]) => strongestWords(b, s!, 3))).toEqual([0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0]);
  });

  it('gives equal words equal shares of a row, so that a map is never counted twice', async () => {
    const scores = float32([2, 2, 1], [1, 3]);
    expect(await value([scores], (b, [s]) => strongestWords(b, s!, 2))).toEqual([0.5, 0.5, 0, 0, 0, 1]);
  });
});

describe('strongestMaps', () => {
  it('takes the logarithm of chosen distances only: ln((d + 1) / (d + 1e-4))', async () => {
    const distances = float32([0, 3, 1, 7], [1, 2, 2]); // word 0: 0, 1; word 1: 3, 7
    const scores = float32([5, 1], [1, 2]);
    const maps = await value([distances, scores], (b, [d, s]) => strongestMaps(b, d!, s!, { kind: 'log' }, 1));
    expect(maps[0]).toBeCloseTo(Math.log(1e4), 4);
    expect(maps[1]).toBeCloseTo(Math.log(2 / 1.0001), 6);
  });
});

describe('attentionAlignment', () => {
  it('upsamples corner-aligned: a 2 x 2 map on 3 x 3 has the means of its corners between them', async () => {
    // [[0, 2], [4, 6]] -> [[0, 1, 2], [2, 3, 4], [4, 5, 6]], divided by 6 + 1e-5, against attention 0.
    const maps = float32([0, 2, 4, 6], [1, 1, 2, 2]);
    const attention = float32(new Float32Array(9), [1, 3, 3]);
    const squares = [0, 1, 2, 2, 3, 4, 4, 5, 6].reduce((sum, entry) => sum + (entry / 6.00001) ** 2, 0);
    const [loss] = await value([maps, attention], (b, [m, a]) => attentionAlignment(b, m!, a!, 3));
    expect(loss).toBeCloseTo(squares / 9, 6);
  });

  it('takes the maximum over words and is 0 when it equals the attention', async () => {
    const maps = float32([1, 0, 0, 0, 0, 0, 0, 0.5], [1, 2, 2, 2]);
    const attention = float32([1, 0, 0, 0.5], [1, 2, 2]);
    const [loss] = await value([maps, attention], (b, [m, a]) => attentionAlignment(b, m!, a!, 2));
    expect(loss).toBeLessThan(1e-9);
  });

  it('does not change when image and attention are flipped together, and does when only one is', async () => {
    const random = createRandom(1);
    const [images, words, side] = [3, 2, 7];
    const maps = float32(
      Float32Array.from({ length: images * words * side * side }, () => random.next()),
      [images, words, side, side],
    );
    const attention = float32(
      Float32Array.from({ length: images * side * side }, () => random.next()),
      [images, side, side],
    );
    const loss = async (m: Tensor, a: Tensor): Promise<number> =>
      (await value([m, a], (b, [x, y]) => attentionAlignment(b, x!, y!, 28)))[0]!;
    const straight = await loss(maps, attention);
    expect(await loss(flipped(maps), flipped(attention))).toBeCloseTo(straight, 9);
    expect(Math.abs((await loss(flipped(maps), attention)) - straight)).toBeGreaterThan(1e-4);
  });
});

describe('softIou', () => {
  it('is 0 for equal maps, 1 for disjoint ones, and 1 - min/max between', async () => {
    const joined = float32([0.2, 1, 0, 1, 0, 0, 0.5, 1, 0], [3, 3]);
    const equal = await value([joined, joined], (b, [m, g]) => softIou(b, m!, g!));
    expect(equal[0]).toBeLessThan(2e-5);
    const attention = float32([1, 0.5, 0, 0, 1, 1, 0.5, 1, 0], [3, 3]);
    // Overlaps: (0.2 + 0.5) / (1 + 1), 0 / 3, 1.5 / 1.5
    const [loss] = await value([joined, attention], (b, [m, g]) => softIou(b, m!, g!));
    expect(loss).toBeCloseTo(1 - (0.35 + 0 + 1) / 3, 4);
  });
});

describe('joinedMap', () => {
  it('has maximum 1 per image and stays 0 where no word speaks', async () => {
    const maps = float32([0, 4, 1, 0, 0, 0, 0, 0], [2, 2, 2]);
    const joined = await value([maps], (b, [m]) => joinedMap(b, m!));
    expect(joined[0]).toBeCloseTo(0.25, 5);
    expect(joined[1]).toBeCloseTo(1, 5);
    expect(joined.slice(2)).toEqual([0, 0]);
  });
});

describe('imageContrast', () => {
  it('equals the softmax over correlations / 0.1, by hand for two opposite images', async () => {
    // Correlations are 1 with the own map and -1 with the other: loss = ln(1 + e^-20)
    const maps = float32([0, 1, 1, 0], [2, 2]);
    const [own] = await value([maps, maps], (b, [m, g]) => imageContrast(b, m!, g!));
    expect(own).toBeCloseTo(0, 6);
    const swapped = float32([1, 0, 0, 1], [2, 2]);
    const [other] = await value([maps, swapped], (b, [m, g]) => imageContrast(b, m!, g!));
    expect(other).toBeCloseTo(20, 4);
  });

  it('is ln(batch) for maps that are the same for every image: a centre prior wins nothing', async () => {
    const random = createRandom(2);
    const central = [0.1, 0.9, 0.3];
    const joined = float32([...central, ...central, ...central, ...central], [4, 3]);
    const attention = float32(
      Float32Array.from({ length: 12 }, () => random.next()),
      [4, 3],
    );
    const [loss] = await value([joined, attention], (b, [m, g]) => imageContrast(b, m!, g!));
    expect(loss).toBeGreaterThan(Math.log(4) - 1e-9);
  });
});

/** Mirrored along the last axis. */
function flipped(tensor: Tensor): Tensor<'float32'> {
  const width = tensor.shape.at(-1)!;
  const data = Float32Array.from({ length: tensor.data.length }, (_, index) => {
    const column = index % width;
    return Number(tensor.data[index - column + (width - 1 - column)]);
  });
  return float32(data, tensor.shape);
}
