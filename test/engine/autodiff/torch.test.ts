/** Whole networks against PyTorch's float64 values, in float64 exactly and in float32 on onnxruntime closely. */
import { describe, expect, it } from 'vitest';
import { gradient, gradientName } from '../../../main/engine/autodiff/index.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import { expectAllclose } from '../../support/allclose.ts';
import { expectPortable } from '../../support/numeric-gradient.ts';
import { evaluateGraph } from '../../support/reference-runner.ts';
import type { TorchFixture } from '../../support/torch-fixture.ts';
import { readTorchFixture } from '../../support/torch-fixture.ts';
import { headStepNetwork, residualNetwork } from '../../support/torch-networks.ts';

const CASES = [
  ['the head step', 'head-step', headStepNetwork],
  ['the residual network', 'residual', residualNetwork],
  [
    'the residual network, its statistics from primitives',
    'residual',
    (fixture: TorchFixture) => residualNetwork(fixture, 'primitives'),
  ],
] as const;

describe.each(CASES)('%s', (_, name, network) => {
  const fixture = readTorchFixture(name);
  const graph = network(fixture);
  const wrt = Object.keys(fixture.gradients);
  const emitted = gradient(graph, { loss: 'loss', wrt });

  it('the forward pass equals PyTorch', () => {
    const found = evaluateGraph(graph, fixture.inputs);
    for (const [key, value] of Object.entries(fixture.values)) {
      expectAllclose(found[key]!, value, { absolute: 1e-7, relative: 1e-7 });
    }
  });

  it.each(wrt)('the gradient of %s equals PyTorch in float64', (input) => {
    const found = evaluateGraph(emitted, fixture.inputs, [gradientName(input)])[gradientName(input)]!;
    expectAllclose(found, fixture.gradients[input]!, { absolute: 1e-7, relative: 1e-6 });
  });

  it('onnxruntime finds the same gradients in float32', async () => {
    const session = await createRunner({ provider: 'cpu', threads: 1 }).open(emitted);
    const found = await session.run(fixture.inputs);
    await session.dispose();
    for (const input of wrt) {
      const expected = fixture.gradients[input]!;
      const largest = Math.max(...Array.from(expected.data, Math.abs));
      expectAllclose(found[gradientName(input)]!, expected, { absolute: 2e-5 * largest, relative: 1e-4 });
    }
  });

  it('only portable ops are emitted, and every value of the network has a gradient', () => {
    expectPortable(graph, emitted);
    expect(wrt.length).toBeGreaterThan(5);
  });
});
