/** Gradients of ops that pick elements by index against numeric derivatives. */
import { describe, it } from 'vitest';
import { int } from '../../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../../main/engine/onnx/build.ts';
import { int64 } from '../../../../main/engine/tensor/tensor.ts';
import { checkGradient, checkOp, constant, spread, spreadValues } from '../../../support/numeric-gradient.ts';

describe('Gather with constant indices', () => {
  it.each([0, 1, 2, -1])('along axis %i, repeated and negative indices', (axis) =>
    checkOp('Gather', [spread([2, 3, 4]), constant(int64([1, 0, 1, -1]))], { axis: int(axis) }),
  );
  it('a scalar index drops the axis', () =>
    checkOp('Gather', [spread([2, 3, 4]), constant(int64([2], []))], { axis: int(1) }));
  it('indices with two axes', () => checkOp('Gather', [spread([4, 3]), constant(int64([3, 1, 1, 0, 2, 3], [2, 3]))]));
});

describe('indices that are computed', () => {
  it('Gather', async () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [2, 4, 3]);
    const picks = builder.input('picks', 'int64', [2, 2]);
    builder.output(builder.op('Gather', [x, picks], { axis: int(1) }), 'y');
    await checkGradient(builder.build(), { x: spreadValues([2, 4, 3]), picks: int64([3, 0, -1, 2], [2, 2]) });
  });
  it.each([0, 1, 2])('GatherElements along axis %i', async (axis) => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [2, 3, 4]);
    const picks = builder.input('picks', 'int64', [2, 3, 4]);
    builder.output(builder.op('GatherElements', [x, picks], { axis: int(axis) }), 'y');
    const size = [2, 3, 4][axis]!;
    const indices = Array.from({ length: 24 }, (_, flat) => ((flat * 7 + 3) % size) - (flat % 2 === 0 ? size : 0));
    await checkGradient(builder.build(), { x: spreadValues([2, 3, 4]), picks: int64(indices, [2, 3, 4]) });
  });
  it('GatherElements that leaves some rows out', () =>
    checkOp('GatherElements', [spread([3, 4]), constant(int64([0, 3, 3, 1], [2, 2]))], { axis: int(1) }));
  it.each([0, 1, -1])('TopK along axis %i', async (axis) => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [3, 4, 5]);
    const [values] = builder.ops('TopK', [x, builder.constant(int64([2]))], { axis: int(axis) }, 2);
    builder.output(values!, 'y');
    await checkGradient(builder.build(), { x: spreadValues([3, 4, 5]) });
  });
});
