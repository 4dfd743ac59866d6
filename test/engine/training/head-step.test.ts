/** One training step of the published head against PyTorch. */
import { describe, expect, it } from 'vitest';
import { appendGradients } from '../../../main/engine/autodiff/index.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import { add, reshape, scale } from '../../../main/engine/onnx/emit.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { zeros } from '../../../main/engine/tensor/tensor.ts';
import { attentionAlignment, strongestMaps } from '../../../main/engine/training/attention-losses.ts';
import { clusterCost, crossEntropy, l1 } from '../../../main/engine/training/losses.ts';
import { emitWordModel } from '../../../main/engine/words/emit-word-model.ts';
import { compareTensors } from '../../support/allclose.ts';
import { readTorchFixture } from '../../support/torch-fixture.ts';

const fixture = readTorchFixture('head-step');
const similarity = { kind: 'log' } as const;
const WRT = ['features', 'weights1', 'bias1', 'weights2', 'bias2', 'words', 'lastLayer'];

/** The published head step out of the emitters that training uses. */
function headStep() {
  const { inputs, settings } = fixture;
  const b = new GraphBuilder({ name: 'headStep' });
  for (const [name, value] of Object.entries(inputs)) b.input(name, 'float32', value.shape);
  const classes = inputs['lastLayer']!.shape[0]!;
  const { closeness, scores, logits } = emitWordModel(b, 'features', {
    addOn: [
      { weights: 'weights1', bias: 'bias1', activation: 'relu' },
      { weights: 'weights2', bias: 'bias2', activation: 'sigmoid' },
    ],
    similarity,
    pooling: 'max',
    words: 'words',
    lastLayer: 'lastLayer',
    bias: b.constant(zeros('float32', [classes])),
  });
  const [images, , height, width] = inputs['features']!.shape as [number, number, number, number];
  const nearest = settings['nearestWords']!;
  const maps = strongestMaps(b, closeness, scores, similarity, nearest);
  const grid = reshape(b, maps, [images, nearest, height, width]);
  const terms = {
    crossEntropy: crossEntropy(b, logits, 'target'),
    clusterCost: clusterCost(b, closeness),
    l1: l1(b, 'lastLayer'),
    attentionAlignment: attentionAlignment(b, grid, 'attention', settings['attentionSize']!),
  };
  const parts = Object.entries(terms).map(([name, value]) => scale(b, value, settings[name]!));
  const loss = parts.reduce((left, right) => add(b, left, right));
  for (const [name, value] of Object.entries({ ...terms, scores, logits, loss })) b.output(value, name);
  for (const [name, value] of appendGradients(b, loss, WRT)) b.output(value, `gradient/${name}`);
  return b.build();
}

describe('the published head step', () => {
  it('equals PyTorch in double precision: scores, logits, every loss term and every gradient', async () => {
    const session = await createRunner({ provider: 'cpu', threads: 1 }).open(headStep());
    const found = await session.run(fixture.inputs);
    await session.dispose();
    for (const name of ['scores', 'logits', 'crossEntropy', 'clusterCost', 'l1', 'attentionAlignment', 'loss']) {
      const { message } = compareTensors(found[name]!, fixture.values[name]!, { absolute: 2e-6, relative: 2e-5 });
      expect(message, name).toBe('');
    }
    for (const name of WRT) {
      // Single precision against double: PyTorch's own float32 differs as much (toolchain measurement: 3e-5).
      const expected = fixture.gradients[name]!;
      const { message } = compareTensors(found[`gradient/${name}`]!, expected, { absolute: 5e-5, relative: 1e-4 });
      expect(message, `gradient of ${name}`).toBe('');
    }
  });
});
