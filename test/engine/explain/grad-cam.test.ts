/** Grad-CAM against its closed form and numeric differentiation. */
import { describe, expect, it } from 'vitest';
import { classDirectionsOf } from '../../../main/engine/explain/class-directions.ts';
import { createGradCam, gradCamOfLinearHead } from '../../../main/engine/explain/grad-cam.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import { matmul, reduceMean, relu, scalarOf } from '../../../main/engine/onnx/emit.ts';
import type { Graph } from '../../../main/engine/onnx/graph.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { createReferenceRunner } from '../../support/reference-runner.ts';

const CHANNELS = 4;
const HEIGHT = 3;
const WIDTH = 2;
const CLASSES = 3;

function draw(shape: readonly number[], seed: number): Tensor<'float32'> {
  const random = createRandom(seed);
  return float32(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
}

const WEIGHTS = draw([CLASSES, CHANNELS], 1);

/** mean over positions -> linear, as an exporter writes it. */
function pooledLinearHead(batch: number): Graph {
  const builder = new GraphBuilder({ name: 'head' });
  const features = builder.input('features', 'float32', [batch, CHANNELS, HEIGHT, WIDTH]);
  const pooled = reduceMean(builder, features, [2, 3]);
  const transposed = float32(
    Array.from(
      { length: CHANNELS * CLASSES },
      (_, i) => WEIGHTS.data[(i % CLASSES) * CHANNELS + Math.floor(i / CLASSES)]!,
    ),
    [CHANNELS, CLASSES],
  );
  builder.output(matmul(builder, pooled, builder.constant(transposed)), 'logits');
  return builder.build();
}

/** mean of relu(F - 0.2)^2 over positions -> linear: its gradient differs from position to position. */
function squaredHead(): Graph {
  const builder = new GraphBuilder({ name: 'head' });
  const features = builder.input('features', 'float32', [1, CHANNELS, HEIGHT, WIDTH]);
  const shifted = relu(builder, builder.op('Sub', [features, scalarOf(builder, 0.2)]));
  const pooled = reduceMean(builder, builder.op('Mul', [shifted, shifted]), [2, 3]);
  builder.output(matmul(builder, pooled, builder.constant(float32([1, -1, 0.5, 2], [CHANNELS, 1]))), 'logits');
  return builder.build();
}

const runner = createReferenceRunner();

describe('Grad-CAM in closed form', () => {
  it('is the class-weighted sum of channels, cut at zero and divided by its maximum', () => {
    // Two channels, 1 x 3 positions, weights (1, -1): sums are 2, -1, 1 before ReLU.
    const features = float32([3, 0, 2, 1, 1, 1], [1, 2, 1, 3]);
    const { maps, isFlat } = gradCamOfLinearHead(features, [0], float32([1, -1, 0, 0], [2, 2]));
    expect(Array.from(maps.data)).toEqual([1, 0, 0.5]);
    expect(isFlat).toEqual([false]);
  });

  it('says so when no position speaks for the class', () => {
    const features = float32([1, 2], [1, 1, 1, 2]);
    const { maps, isFlat } = gradCamOfLinearHead(features, [1], float32([1, -1], [2, 1]));
    expect(Array.from(maps.data)).toEqual([0, 0]);
    expect(isFlat).toEqual([true]);
  });

  it('of a single logit explains class 0 by the negated logit', () => {
    const features = float32([1, -2], [1, 1, 1, 2]);
    const weights = float32([1], [1, 1]);
    expect(Array.from(gradCamOfLinearHead(features, [1], weights).maps.data)).toEqual([1, 0]);
    expect(Array.from(gradCamOfLinearHead(features, [0], weights).maps.data)).toEqual([0, 1]);
  });
});

describe('Grad-CAM by differentiation', () => {
  it('agrees with the closed form on a pooled linear head, also when images do not fill the last run', async () => {
    const features = draw([5, CHANNELS, HEIGHT, WIDTH], 2);
    const classes = [0, 2, 1, 1, 0];
    const gradCam = await createGradCam({ head: { kind: 'general' }, headGraph: pooledLinearHead(2), runner });
    const found = await gradCam.maps(features, classes);
    await gradCam.dispose();
    const truth = gradCamOfLinearHead(features, classes, WEIGHTS);
    expect(gradCam.source).toBe('differentiated');
    expect(found.maps.shape).toEqual([5, HEIGHT, WIDTH]);
    expect(found.isFlat).toEqual(truth.isFlat);
    found.maps.data.forEach((value, index) => expect(value).toBeCloseTo(truth.maps.data[index]!, 5));
  });

  it('uses the closed form by itself when the head allows it', async () => {
    const head = { kind: 'gap-linear', weights: WEIGHTS, bias: float32([0, 0, 0]) } as const;
    const gradCam = await createGradCam({ head, headGraph: pooledLinearHead(2), runner });
    expect(gradCam.source).toBe('closedForm');
  });

  it('agrees with numeric derivatives on a head that is not linear', async () => {
    const graph = squaredHead();
    const features = draw([1, CHANNELS, HEIGHT, WIDTH], 3);
    const session = await runner.open(graph);
    const logit = async (data: Float32Array): Promise<number> =>
      Number((await session.run({ features: float32(data, features.shape) }))['logits']!.data[0]);
    const positions = HEIGHT * WIDTH;
    const weighted = new Float64Array(positions);
    for (let channel = 0; channel < CHANNELS; channel++) {
      let alpha = 0;
      for (let position = 0; position < positions; position++) {
        const step = 2 ** -8;
        const [up, down] = [Float32Array.from(features.data), Float32Array.from(features.data)];
        up[channel * positions + position]! += step;
        down[channel * positions + position]! -= step;
        alpha += ((await logit(up)) - (await logit(down))) / (2 * step) / positions;
      }
      for (let position = 0; position < positions; position++) {
        weighted[position]! += alpha * features.data[channel * positions + position]!;
      }
    }
    const largest = Math.max(...weighted);
    const gradCam = await createGradCam({ head: { kind: 'general' }, headGraph: graph, runner });
    const { maps } = await gradCam.maps(features, [1]);
    expect(largest).toBeGreaterThan(0);
    maps.data.forEach((value, position) => {
      expect(value).toBeCloseTo(Math.max(0, weighted[position]!) / largest, 3);
    });
  });
});

describe('class directions', () => {
  it('are the weights of a pooled linear head, whether read or differentiated', async () => {
    const sample = draw([5, CHANNELS, HEIGHT, WIDTH], 4);
    const options = { headGraph: pooledLinearHead(2), runner, sample };
    const found = await classDirectionsOf({ ...options, head: { kind: 'general' } });
    expect(found.shape).toEqual([CLASSES, CHANNELS]);
    found.data.forEach((value, index) => expect(value).toBeCloseTo(WEIGHTS.data[index]!, 5));
    const head = { kind: 'gap-linear', weights: WEIGHTS, bias: float32([0, 0, 0]) } as const;
    expect(await classDirectionsOf({ ...options, head })).toBe(WEIGHTS);
  });

  it('are refused by name when the sample does not fill one run', async () => {
    const sample = draw([1, CHANNELS, HEIGHT, WIDTH], 4);
    await expect(
      classDirectionsOf({ head: { kind: 'general' }, headGraph: pooledLinearHead(2), runner, sample }),
    ).rejects.toMatchObject({ code: 'too-few-images' });
  });
});
