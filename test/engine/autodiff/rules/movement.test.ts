/** Gradients of ops that move elements against numeric derivatives. */
import { describe, expect, it } from 'vitest';
import { appendGradients, gradient } from '../../../../main/engine/autodiff/index.ts';
import { int, ints, text } from '../../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../../main/engine/onnx/build.ts';
import { float32, int64, scalar, tensor, toNumbers } from '../../../../main/engine/tensor/tensor.ts';
import {
  checkGradient,
  checkedGradients,
  checkOp,
  constant,
  spread,
  spreadValues,
} from '../../../support/numeric-gradient.ts';
import { evaluateGraph } from '../../../support/reference-runner.ts';

const list = (...values: number[]) => constant(int64(values));

describe('regrouping', () => {
  it('Reshape with 0 and -1', () => checkOp('Reshape', [spread([2, 3, 4]), list(0, -1)]));
  it('Reshape to a scalar', () => checkOp('Reshape', [spread([1]), constant(int64([], [0]))]));
  it('Flatten', () => checkOp('Flatten', [spread([2, 3, 2])], { axis: int(2) }));
  it('Squeeze', () => checkOp('Squeeze', [spread([2, 1, 3, 1]), list(1, -1)]));
  it('Unsqueeze', () => checkOp('Unsqueeze', [spread([2, 3]), list(0, 3)]));
});

describe('Transpose', () => {
  it('reverses by default', () => checkOp('Transpose', [spread([2, 3, 4])]));
  it('a permutation that is not its own inverse', () =>
    checkOp('Transpose', [spread([2, 3, 4, 2])], { perm: ints([2, 0, 3, 1]) }));
});

describe('joining and splitting', () => {
  it.each([0, 1, -1])('Concat along axis %i', (axis) =>
    checkOp('Concat', [spread([2, 3, 2]), spread([2, 3, 2], { seed: 2 }), spread([2, 3, 2], { seed: 3 })], {
      axis: int(axis),
    }),
  );
  it('Concat of different sizes, one of them empty', () =>
    checkOp('Concat', [spread([2, 3]), spread([2, 0]), spread([2, 1], { seed: 3 })], { axis: int(1) }));
  it('Concat of a value with itself', async () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [2]);
    builder.output(builder.op('Concat', [x, x], { axis: int(0) }), 'y');
    await checkGradient(builder.build(), { x: spreadValues([2]) });
  });
  it('Split of which only some parts are used', async () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [2, 6]);
    const sizes = builder.constant(int64([1, 2, 3]));
    const [first, , last] = builder.ops('Split', [x, sizes], { axis: int(-1) }, 3);
    builder.output(builder.op('Mul', [first!, last!]), 'y');
    await checkGradient(builder.build(), { x: spreadValues([2, 6]) });
  });
});

describe('Slice', () => {
  it('one axis', () => checkOp('Slice', [spread([3, 5]), list(1), list(4), list(1)]));
  it('all axes by default', () => checkOp('Slice', [spread([3, 5]), list(1, 0), list(3, 2)]));
  it('negative bounds and ends beyond the axis', () =>
    checkOp('Slice', [spread([3, 5]), list(-2, -4), list(99, -1), list(0, 1)]));
  it('steps that divide', () => checkOp('Slice', [spread([6, 4]), list(0), list(6), list(0), list(2)]));
  it('steps that do not divide, on two axes', () =>
    checkOp('Slice', [spread([7, 8]), list(1, 2), list(7, 8), list(0, 1), list(4, 3)]));
  it('a step beyond the axis', () => checkOp('Slice', [spread([5]), list(1), list(5), list(0), list(9)]));
  it('backwards', () => checkOp('Slice', [spread([2, 6]), list(-1), list(-99), list(1), list(-1)]));
  it('backwards by two', () => checkOp('Slice', [spread([2, 6]), list(4), list(0), list(1), list(-2)]));
  it('nothing taken: zeros', async () => {
    const found = await checkedGradients('Slice', [spread([3]), list(2), list(2), list(0)]);
    expect(toNumbers(found['x0']!)).toEqual([0, 0, 0]);
  });
});

describe('Pad', () => {
  it('constant', () => checkOp('Pad', [spread([2, 3]), list(1, 0, 2, 1)]));
  it('constant, its value a variable', () => checkOp('Pad', [spread([2, 3]), list(1, 0, 2, 1), spread([])]));
  it('cropping by negative pads', () => checkOp('Pad', [spread([4, 3]), list(-1, 1, -2, -1)]));
  it('only some axes', () => checkOp('Pad', [spread([2, 3, 2]), list(1, 2), '', list(-2)]));
  it.each(['reflect', 'edge'])('%s', (mode) =>
    checkOp('Pad', [spread([2, 4, 5]), list(0, 2, 1, 0, 3, 2)], { mode: text(mode) }),
  );
});

describe('copies', () => {
  it('Expand adds and stretches axes', () => checkOp('Expand', [spread([3, 1]), list(2, 3, 4)]));
  it('Expand to an empty axis', async () => {
    const found = await checkedGradients('Expand', [spread([1, 2]), list(0, 2)]);
    expect(toNumbers(found['x0']!)).toEqual([0, 0]);
  });
  it('Tile', () => checkOp('Tile', [spread([2, 3]), list(3, 2)]));
});

describe('blocks', () => {
  it.each(['DCR', 'CRD'])('DepthToSpace %s', (mode) =>
    checkOp('DepthToSpace', [spread([2, 8, 2, 3])], { blocksize: int(2), mode: text(mode) }),
  );
  it('SpaceToDepth', () => checkOp('SpaceToDepth', [spread([2, 2, 4, 6])], { blocksize: int(2) }));
});

describe('triangles and running sums', () => {
  it.each([0, 1])('Trilu upper = %i', (upper) => checkOp('Trilu', [spread([2, 3, 4])], { upper: int(upper) }));
  it('Trilu off the diagonal', () => checkOp('Trilu', [spread([4, 4]), constant(int64([-1], []))]));
  const forms = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const;
  it.each(forms)('CumSum exclusive = %i, reverse = %i', (exclusive, reverse) =>
    checkOp('CumSum', [spread([2, 4, 3]), constant(int64([1], []))], {
      exclusive: int(exclusive),
      reverse: int(reverse),
    }),
  );
});

describe('Dropout', () => {
  it('is the identity outside training', () => checkOp('Dropout', [spread([2, 3])]));
  it('in training, uses the mask that was drawn', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [200]);
    const ratio = builder.constant(scalar(0.25));
    const training = builder.constant(tensor('bool', [], Uint8Array.of(1)));
    const [y, mask] = builder.ops('Dropout', [x, ratio, training], {}, 2);
    const drawn = builder.op('Cast', [mask!], { to: int(1) });
    const u = builder.input('u', 'float32', [200]);
    builder.output(appendGradients(builder, y!, ['x'], { upstream: u }).get('x')!, 'slope');
    builder.output(drawn, 'drawn');
    const ones = float32(new Array<number>(200).fill(1));
    const dropped = Array.from({ length: 200 }, (_, index) => index % 4 !== 0);
    const masked = { ...builder.build() };
    // The reference evaluator draws nothing; the mask is put in place of the node's second output.
    const graph = {
      ...masked,
      nodes: masked.nodes.filter((node) => node.op !== 'Dropout'),
      initializers: new Map([...masked.initializers, [mask!, tensor('bool', [200], Uint8Array.from(dropped, Number))]]),
    };
    const found = toNumbers(evaluateGraph(graph, { x: ones, u: ones })['slope']!);
    found.forEach((slope, index) => expect(slope).toBeCloseTo(dropped[index] ? 4 / 3 : 0, 6));
  });
  it('in training without a mask it is refused by name', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', 'float32', [4]);
    const training = builder.constant(tensor('bool', [], Uint8Array.of(1)));
    builder.output(builder.op('Dropout', [x, '', training]), 'y');
    const graph = builder.build();
    expect(() => gradient(graph, { loss: 'y', wrt: ['x'], upstream: 'u' })).toThrow(/Dropout.*keeps no mask/);
  });
});
