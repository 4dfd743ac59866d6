/** The gradient of a logit at the image, against differences of the untouched model's answers. */
import { describe, expect, it } from 'vitest';
import { presetPreprocessing } from '../../main/engine/image/preprocessing-settings.ts';
import {
  canonicalize,
  cutModel,
  decodeModel,
  encodeModel,
  GraphBuilder,
  inspectModel,
  int,
  ints,
} from '../../main/engine/onnx/index.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { float32, tensor } from '../../main/engine/tensor/tensor.ts';
import { openInputGradient } from '../../main/jobs/model/input-gradient.ts';

const SIDE = 8;
const LENGTH = 3 * SIDE * SIDE;

/** Convolution, tanh, mean, linear layer; channels first or last; any first op. */
function model(layout: 'NCHW' | 'NHWC', classCount: number, first?: string): Uint8Array {
  const random = createRandom(5);
  const noise = (shape: readonly number[]) =>
    float32(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() / 2),
      shape,
    );
  const builder = new GraphBuilder({ name: 'small' });
  const shape = layout === 'NCHW' ? [3, 3, SIDE, SIDE] : [3, SIDE, SIDE, 3];
  let x = builder.input('image', 'float32', shape);
  if (layout === 'NHWC') x = builder.op('Transpose', [x], { perm: ints([0, 3, 1, 2]) });
  if (first === 'LpPool') x = builder.op('LpPool', [x], { kernel_shape: ints([1, 1]), p: int(2) });
  const map = builder.op('Tanh', [
    builder.op('Conv', [x, builder.constant(noise([4, 3, 2, 2]))], { strides: ints([2, 2]) }),
  ]);
  const pooled = builder.op('Flatten', [builder.op('GlobalAveragePool', [map])], { axis: int(1) });
  const logits = builder.op('Gemm', [
    pooled,
    builder.constant(noise([4, classCount])),
    builder.constant(noise([classCount])),
  ]);
  builder.output(logits, 'logits');
  return encodeModel(builder.build());
}

async function open(bytes: Uint8Array, layout: 'NCHW' | 'NHWC') {
  const graph = canonicalize(decodeModel(bytes, { file: 'small.onnx' }).graph);
  const preprocessing = presetPreprocessing('unit', { width: SIDE, height: SIDE, channels: 3, layout });
  const runner = createRunner({ provider: 'cpu' });
  const base = { cut: cutModel(graph, inspectModel(graph)), batchSize: 3 };
  return { gradient: await openInputGradient(base, preprocessing, runner), session: await runner.openModel(bytes) };
}

describe.each([
  ['NCHW', 2, 1],
  ['NHWC', 2, 0],
  ['NHWC', 3, 2],
] as const)('%s, %d logits, class %d', (layout, classCount, classIndex) => {
  it('is what small steps of the image change, for more images than fit one run', async () => {
    const { gradient, session } = await open(model(layout, classCount), layout);
    const random = createRandom(1);
    const images = float32(
      Float32Array.from({ length: 5 * LENGTH }, () => random.normal()),
      [5, 3, SIDE, SIDE],
    );
    const found = await gradient.at(images, classIndex);
    expect(found.shape).toEqual(images.shape);

    const logit = async (planes: Float32Array): Promise<number> => {
      const pixels = SIDE * SIDE;
      const ordered = Float32Array.from(planes, (value, index) =>
        layout === 'NCHW' ? value : planes[(index % 3) * pixels + Math.floor(index / 3)]!,
      );
      const three = new Float32Array(3 * LENGTH);
      three.set(ordered);
      const shape = layout === 'NCHW' ? [3, 3, SIDE, SIDE] : [3, SIDE, SIDE, 3];
      const { logits } = await session.run({ image: tensor('float32', shape, three) });
      return Number(logits!.data[classIndex]);
    };
    for (const image of [0, 4]) {
      const at = images.data.subarray(image * LENGTH, (image + 1) * LENGTH);
      for (let direction = 0; direction < 3; direction++) {
        const way = Float32Array.from({ length: LENGTH }, () => random.normal());
        const step = 0.01;
        const up = await logit(at.map((value, index) => value + step * way[index]!));
        const down = await logit(at.map((value, index) => value - step * way[index]!));
        const along = way.reduce((sum, one, index) => sum + one * found.data[image * LENGTH + index]!, 0);
        expect(along).toBeCloseTo((up - down) / (2 * step), 3);
      }
    }
    await gradient.dispose();
    await session.dispose();
  });
});

it('is refused by the name of the node that has none', async () => {
  await expect(open(model('NCHW', 2, 'LpPool'), 'NCHW')).rejects.toMatchObject({
    code: 'gradient-forbidden',
    message: expect.stringMatching(/^The model cannot be differentiated at its input: node ".+" \(LpPool\)/) as string,
  });
});
