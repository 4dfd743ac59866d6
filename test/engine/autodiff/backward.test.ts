/** Walking back: paths add up, missing paths give zeros, seeds of any shape, refusals by name. */
import { describe, expect, it } from 'vitest';
import { appendGradients, gradient } from '../../../main/engine/autodiff/index.ts';
import { RULES } from '../../../main/engine/autodiff/rules.ts';
import { EngineError, InvariantError } from '../../../main/engine/errors.ts';
import { int, ints, text } from '../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import { add, exp, gemm, mul, reduceSum, reshape } from '../../../main/engine/onnx/emit.ts';
import type { Graph } from '../../../main/engine/onnx/graph.ts';
import { OPS } from '../../../main/engine/onnx/ops.ts';
import { float32, int64, scalar, toNumbers } from '../../../main/engine/tensor/tensor.ts';
import { expectAllclose } from '../../support/allclose.ts';
import { checkGradient, spreadValues } from '../../support/numeric-gradient.ts';
import { evaluateGraph } from '../../support/reference-runner.ts';

/** loss = sum(x * exp(x) + x) + 0 * z, with z on no path, and the inner value e = exp(x). */
function diamond(): Graph {
  const b = new GraphBuilder({ name: 'diamond' });
  const x = b.input('x', 'float32', [3]);
  b.input('z', 'float32', [2, 2]);
  const e = exp(b, x, 'e');
  b.output(reduceSum(b, add(b, mul(b, x, e), x), [0]), 'loss');
  return b.build();
}
const X = float32([-0.5, 0.25, 1]);
const Z = float32([1, 2, 3, 4], [2, 2]);

describe('gradient', () => {
  it('adds up over all paths from a value to the loss', () => {
    const found = evaluateGraph(gradient(diamond(), { loss: 'loss', wrt: ['x'] }), { x: X, z: Z });
    toNumbers(found['x.gradient']!).forEach((slope, index) => {
      const x = X.data[index]!;
      expect(slope).toBeCloseTo(Math.exp(x) * (1 + x) + 1, 10);
    });
  });

  it('gives zeros of the right shape where there is no path', () => {
    const found = evaluateGraph(gradient(diamond(), { loss: 'loss', wrt: ['z'] }), { x: X, z: Z });
    expect(found['z.gradient']!.shape).toEqual([2, 2]);
    expect(toNumbers(found['z.gradient']!)).toEqual([0, 0, 0, 0]);
  });

  it('differentiates for an inner value and what comes before it at once', () => {
    const found = evaluateGraph(gradient(diamond(), { loss: 'loss', wrt: ['e', 'x', 'x'] }), { x: X, z: Z });
    expect(toNumbers(found['e.gradient']!)).toEqual(toNumbers(X));
    expect(found['x.gradient']!.shape).toEqual([3]);
  });

  it('differentiates for a constant of the graph', () => {
    const b = new GraphBuilder();
    const w = b.constant(float32([2, 3]), 'w');
    const x = b.input('x', 'float32', [2]);
    b.output(reduceSum(b, mul(b, x, w), [0]), 'loss');
    const found = evaluateGraph(gradient(b.build(), { loss: 'loss', wrt: [w] }), { x: float32([5, 7]) });
    expect(toNumbers(found[`${w}.gradient`]!)).toEqual([5, 7]);
  });

  it('of a value for itself is its seed', () => {
    const found = evaluateGraph(gradient(diamond(), { loss: 'loss', wrt: ['loss'] }), { x: X, z: Z });
    expect(toNumbers(found['loss.gradient']!)).toEqual([1]);
  });

  it('keeps the outputs the graph had', () => {
    const emitted = gradient(diamond(), { loss: 'loss', wrt: ['x'] });
    expect(emitted.outputs.map(({ name }) => name)).toEqual(['loss', 'x.gradient']);
  });

  it('leaves the given graph as it was', () => {
    const graph = diamond();
    const before = JSON.stringify(graph.nodes);
    gradient(graph, { loss: 'loss', wrt: ['x'] });
    expect(JSON.stringify(graph.nodes)).toBe(before);
  });

  it('passes through a chain of many residual additions in time that does not double with each', async () => {
    const b = new GraphBuilder();
    let x = b.input('x', 'float32', [2]);
    const half = b.constant(scalar(0.5));
    for (let block = 0; block < 40; block++) x = add(b, x, mul(b, b.op('Tanh', [x]), half));
    b.output(x, 'y');
    const graph = b.build();
    await checkGradient(
      graph,
      { x: spreadValues([2], { low: -0.01, high: 0.01 }) },
      { tolerance: 1e-5, nativeTolerance: 1e-3 },
    );
    expect(gradient(graph, { loss: 'y', wrt: ['x'], upstream: 'u' }).nodes.length).toBeLessThan(40 * 10);
  });
});

describe('other float types', () => {
  it('a float16 graph gets float16 gradients, its constants and borders included', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float16', [1, 1, 4, 4]);
    const pooled = b.op('MaxPool', [b.op('HardSwish', [x])], { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) });
    b.output(b.op('ReduceMean', [pooled], { keepdims: int(0) }), 'loss');
    const emitted = gradient(b.build(), { loss: 'loss', wrt: ['x'] });
    expect(emitted.outputs[1]).toEqual({ name: 'x.gradient', dtype: 'float16', shape: [1, 1, 4, 4] });
  });
});

describe('upstream gradients', () => {
  it('one-hot over the logits gives Grad-CAM of a pooled linear head in closed form: weight / positions', () => {
    const [batch, channels, side, classes] = [2, 3, 2, 4];
    const b = new GraphBuilder({ name: 'head' });
    const features = b.input('features', 'float32', [batch, channels, side, side]);
    const weights = spreadValues([classes, channels]);
    const pooled = reshape(b, b.op('GlobalAveragePool', [features]), [batch, channels]);
    b.output(gemm(b, pooled, b.constant(weights), { transB: true }), 'logits');
    const emitted = gradient(b.build(), { loss: 'logits', wrt: ['features'], upstream: 'classes' });
    const oneHot = float32([0, 0, 1, 0, 1, 0, 0, 0], [batch, classes]);
    const found = evaluateGraph(emitted, { features: spreadValues([batch, channels, side, side]), classes: oneHot });
    const expected = [2, 0].flatMap((chosen) =>
      Array.from({ length: channels * side * side }, (_, flat) => {
        const channel = Math.floor(flat / (side * side));
        return weights.data[chosen * channels + channel]! / (side * side);
      }),
    );
    expectAllclose(found['features.gradient']!, float32(expected, [batch, channels, side, side]));
  });

  it('may be any value of the builder', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2]);
    const y = mul(b, x, x);
    const found = appendGradients(b, y, [x], { upstream: x });
    b.output(found.get(x)!, 'slope');
    expect(toNumbers(evaluateGraph(b.build(), { x: float32([2, 3]) })['slope']!)).toEqual([8, 18]);
  });

  it('are needed for a loss of several elements', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2]);
    expect(() => appendGradients(b, exp(b, x), [x])).toThrow(InvariantError);
  });

  it('must have the shape of the loss', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2]);
    const u = b.input('u', 'float32', [1]);
    expect(() => appendGradients(b, exp(b, x), [x], { upstream: u })).toThrow(/shape/);
  });

  it('of an empty loss are zeros', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [1]);
    const empty = b.op('Expand', [x, b.constant(int64([0]))]);
    const u = b.input('u', 'float32', [0]);
    b.output(appendGradients(b, exp(b, empty), [x], { upstream: u }).get(x)!, 'slope');
    const found = evaluateGraph(b.build(), { x: float32([1]), u: float32([]) });
    expect(toNumbers(found['slope']!)).toEqual([0]);
  });
});

describe('cheap forms give the same values', () => {
  it('a mean of squares over a divided difference', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2, 3, 4]);
    const y = b.input('y', 'float32', [3, 1]);
    const largest = b.op('ReduceMax', [x, b.constant(int64([1, 2]))]);
    const ratio = b.op('Div', [b.op('Sub', [x, y]), largest]);
    const squares = reduceSum(b, mul(b, ratio, ratio), [0, 1, 2]);
    b.output(add(b, squares, reduceSum(b, b.op('Relu', [mul(b, y, y)]), [0, 1])), 'loss');
    const inputs = { x: spreadValues([2, 3, 4], { low: 0.5, high: 2 }), y: spreadValues([3, 1]) };
    await checkGradient(b.build(), inputs);
  });

  it('a mean whose one slope is stretched over stretched operands', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [3, 1]);
    const y = b.input('y', 'float32', [1, 4]);
    b.output(b.op('ReduceMean', [mul(b, x, y), b.constant(int64([0, 1]))]), 'loss');
    await checkGradient(b.build(), { x: spreadValues([3, 1]), y: spreadValues([1, 4]) });
  });
});

describe('what carries no gradient', () => {
  it('indices: a TopK choice is constant, its use is not', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2, 5]);
    const [, indices] = b.ops('TopK', [x, b.constant(int64([2]))], {}, 2);
    b.output(b.op('GatherElements', [exp(b, x), indices!], { axis: int(1) }), 'y');
    await checkGradient(b.build(), { x: spreadValues([2, 5]) });
  });

  it('asking for the gradient of an integer value is a bug of the caller', () => {
    const b = new GraphBuilder();
    const i = b.input('i', 'int64', [2]);
    const x = b.input('x', 'float32', []);
    expect(() => appendGradients(b, x, [i])).toThrow(/int64/);
  });
});

describe('forbidden ops', () => {
  function product(): Graph {
    const b = new GraphBuilder({ name: 'forbidden' });
    const x = b.input('x', 'float32', [4]);
    const w = b.input('w', 'float32', [4]);
    const all = b.op('ReduceProd', [x], { keepdims: int(0) }, 'everything');
    b.output(mul(b, all, reduceSum(b, w, [0])), 'loss');
    return b.build();
  }

  it('on a path are refused with the node, the op and what to do', () => {
    let caught: unknown;
    try {
      gradient(product(), { loss: 'loss', wrt: ['x'] });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(EngineError);
    const error = caught as EngineError;
    expect(error.code).toBe('gradient-forbidden');
    expect(error.details).toEqual({ node: 'everything', op: 'ReduceProd' });
    expect(error.message).toMatch(/"everything" \(ReduceProd\).*Choose/);
  });

  it('off every path are no obstacle', () => {
    const emitted = gradient(product(), { loss: 'loss', wrt: ['w'] });
    const found = evaluateGraph(emitted, { x: float32([1, 2, 3, 4]), w: float32([1, 1, 1, 1]) });
    expect(toNumbers(found['w.gradient']!)).toEqual([24, 24, 24, 24]);
  });

  it('quantisation on a path is refused instead of giving zeros', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [3]);
    const step = b.constant(scalar(0.5));
    const codes = b.op('QuantizeLinear', [x, step]);
    b.output(b.op('DequantizeLinear', [codes, step]), 'y');
    expect(() => gradient(b.build(), { loss: 'y', wrt: ['x'], upstream: 'u' })).toThrow(/DequantizeLinear/);
  });

  it('a mode of an op that has no gradient is refused by its reason', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [1, 1, 4, 4]);
    const roi = b.constant(float32([0, 0, 0, 0, 1, 1, 1, 1]));
    const sizes = b.constant(int64([1, 1, 2, 2]));
    b.output(b.op('Resize', [x, roi, '', sizes], { coordinate_transformation_mode: text('tf_crop_and_resize') }), 'y');
    expect(() => gradient(b.build(), { loss: 'y', wrt: ['x'], upstream: 'u' })).toThrow(/region of interest/);
  });
});

describe('ties', () => {
  it.each(['share', 'whole'] as const)('%s', (ties) => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2, 2]);
    const largest = b.op('ReduceMax', [x, b.constant(int64([1]))], { keepdims: int(0) });
    b.output(reduceSum(b, b.op('Max', [largest, b.constant(float32([5, 0]))]), [0]), 'loss');
    const found = evaluateGraph(gradient(b.build(), { loss: 'loss', wrt: ['x'], ties }), {
      x: float32([5, 5, 1, 2], [2, 2]),
    });
    const expected = ties === 'share' ? [0.25, 0.25, 0, 1] : [1, 1, 0, 1];
    expect(toNumbers(found['x.gradient']!)).toEqual(expected);
  });
});

describe('the table of rules', () => {
  it('has exactly the ops of the op table', () => {
    expect(Object.keys(RULES).sort()).toEqual(Object.keys(OPS).sort());
  });

  it('has a rule for every op a classifier or a loss is made of', () => {
    const needed =
      'Conv ConvTranspose Gemm MatMul BatchNormalization LayerNormalization InstanceNormalization MaxPool AveragePool ' +
      'GlobalAveragePool Relu LeakyRelu PRelu Elu Sigmoid HardSigmoid HardSwish Tanh Erf Gelu Softmax LogSoftmax Clip ' +
      'Exp Log Sqrt Pow Abs Neg Add Sub Mul Div Min Max Where ReduceSum ReduceMean ReduceMax ReduceMin ReduceL1 ' +
      'ReduceL2 Flatten Reshape Transpose Concat Split Slice Pad Squeeze Unsqueeze Expand Gather Cast Dropout Identity ' +
      'Resize DepthToSpace';
    const table: Readonly<Record<string, unknown>> = RULES;
    expect(needed.split(' ').filter((op) => typeof table[op] !== 'function')).toEqual([]);
  });
});
