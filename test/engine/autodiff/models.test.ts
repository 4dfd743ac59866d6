/** Whole real classifiers differentiated for their image: the slope along the gradient is the gradient's length. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gradient, gradientName } from '../../../main/engine/autodiff/index.ts';
import { canonicalize, decodeModel, inspectModel } from '../../../main/engine/onnx/index.ts';
import type { Graph } from '../../../main/engine/onnx/index.ts';
import { readModelFile } from '../../../main/engine/runtime/model-file.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { sizeOf } from '../../../main/engine/tensor/shape.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { expectPortable } from '../../support/numeric-gradient.ts';

const FOLDER = new URL('../../../../shared/data/models', import.meta.url).pathname;
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => file.endsWith('.onnx')) : [];

/** Length of the step along the gradient, as a share of the image's own length. */
const STEP = 5e-5;
/** Kinks crossed within a step (fewer as it shrinks: 1e-4 leaves 2 %) and float32 rounding over fifty layers. */
const TOLERANCE = 0.03;

/** The canonical graph for one image at the model's own size. */
function forOneImage(file: string): { readonly graph: Graph; readonly image: string; readonly output: string } {
  const decoded = decodeModel(readModelFile(join(FOLDER, file)).bytes, { file });
  const graph = canonicalize(decoded.graph);
  const { input, output } = inspectModel(graph, decoded.graph);
  const { height = 32, width = 32, channels, layout } = input;
  const shape = layout === 'NCHW' ? [1, channels, height, width] : [1, height, width, channels];
  const logits = { name: output.logits, dtype: 'float32', shape: undefined } as const;
  return {
    graph: { ...graph, inputs: [{ name: input.name, dtype: 'float32', shape }], outputs: [logits] },
    image: input.name,
    output: output.logits,
  };
}

function length(values: ArrayLike<number>): number {
  return Math.sqrt(dot(values, values));
}

function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}

describe.skipIf(files.length === 0)('shared models', () => {
  it.each(files)('%s', async (file) => {
    const { graph, image, output } = forOneImage(file);
    const emitted = gradient(graph, { loss: output, wrt: [image], upstream: 'classes' });
    expectPortable(graph, emitted);
    const random = createRandom(5);
    const shape = emitted.inputs.find(({ name }) => name === image)!.shape as number[];
    const x = float32(
      Array.from({ length: sizeOf(shape) }, () => random.normal() * 0.5),
      shape,
    );
    const classes = emitted.inputs.find(({ name }) => name === 'classes')!.shape as number[];
    const upstream = float32(
      Array.from({ length: sizeOf(classes) }, () => random.normal()),
      classes,
    );
    const session = await createRunner({ provider: 'cpu', threads: 2 }).open(emitted);
    try {
      const run = async (at: Tensor<'float32'>): Promise<{ loss: number; slope: Float32Array }> => {
        const found = await session.run({ [image]: at, classes: upstream });
        const logits = found[output]!.data as Float32Array;
        return { loss: dot(logits, upstream.data), slope: found[gradientName(image)]!.data as Float32Array };
      };
      const { slope } = await run(x);
      const size = length(slope);
      const step = STEP * length(x.data);
      const moved = (sign: number): Tensor<'float32'> =>
        float32(
          x.data.map((value, index) => value + (sign * step * slope[index]!) / size),
          shape,
        );
      const rise = ((await run(moved(1))).loss - (await run(moved(-1))).loss) / (2 * step);
      expect(rise / size).toBeGreaterThan(1 - TOLERANCE);
      expect(rise / size).toBeLessThan(1 + TOLERANCE);
    } finally {
      await session.dispose();
    }
  });
});
