/** Unbroadcasting is the adjoint of broadcasting: <expand(x), g> = <x, unbroadcast(g)> for every pair of shapes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unbroadcast } from '../../../main/engine/autodiff/unbroadcast.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import { expand } from '../../../main/engine/onnx/emit.ts';
import { toNumbers } from '../../../main/engine/tensor/tensor.ts';
import { spreadValues } from '../../support/numeric-gradient.ts';
import { evaluateGraph } from '../../support/reference-runner.ts';

/** A shape and what it stretches to: some axes 1, some leading axes missing. */
const shapePairs = fc
  .array(fc.record({ size: fc.integer({ min: 0, max: 3 }), stretched: fc.boolean() }), { maxLength: 4 })
  .chain((axes) => fc.record({ axes: fc.constant(axes), missing: fc.integer({ min: 0, max: axes.length }) }))
  .map(({ axes, missing }) => ({
    full: axes.map(({ size }) => size),
    shape: axes.slice(missing).map(({ size, stretched }) => (stretched ? 1 : size)),
  }));

it('is the adjoint of broadcasting', () => {
  fc.assert(
    fc.property(shapePairs, ({ full, shape }) => {
      const b = new GraphBuilder();
      const x = b.input('x', 'float32', shape);
      const g = b.input('g', 'float32', full);
      b.output(expand(b, x, full), 'stretched');
      b.output(unbroadcast(b, g, shape), 'summed');
      const point = { x: spreadValues(shape), g: spreadValues(full, { seed: 2 }) };
      const found = evaluateGraph(b.build(), point);
      expect(found['summed']!.shape).toEqual(shape);
      const dot = (left: readonly number[], right: readonly number[]): number =>
        left.reduce((sum, value, index) => sum + value * right[index]!, 0);
      const forward = dot(toNumbers(found['stretched']!), toNumbers(point.g));
      const backward = dot(toNumbers(found['summed']!), toNumbers(point.x));
      expect(backward).toBeCloseTo(forward, 9);
    }),
    { seed: 1, numRuns: 150 },
  );
});
