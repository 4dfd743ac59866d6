/** The builder: readable unique names, shared constants, outputs, inlining, only what is used. */
import { describe, expect, it } from 'vitest';
import { EngineError, InvariantError } from '../../../main/engine/errors.ts';
import { int } from '../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import type { Graph } from '../../../main/engine/onnx/graph.ts';
import { findFaults } from '../../../main/engine/onnx/verify.ts';
import { float32, int64, scalar, toNumbers } from '../../../main/engine/tensor/tensor.ts';
import { evaluateGraph } from '../../support/reference-runner.ts';

/** y = relu(x) + 1, x [3]. */
function addOne(): Graph {
  const b = new GraphBuilder({ name: 'add one' });
  const positive = b.op('Relu', [b.input('x', 'float32', [3])], {}, 'positive');
  b.output(b.op('Add', [positive, b.constant(scalar(1), 'one')], {}, 'sum'), 'y');
  return b.build();
}

describe('names', () => {
  it('come from the hint, or from the op, and count up', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2]);
    const names = [
      b.op('Relu', [x]),
      b.op('Relu', [x]),
      b.op('Relu', [x], {}, 'distance'),
      b.op('Relu', [x], {}, 'distance'),
    ];
    expect(names).toEqual(['relu', 'relu_1', 'distance', 'distance_1']);
  });

  it('avoid those of a graph that is continued', () => {
    const b = new GraphBuilder({ base: addOne() });
    expect(b.op('Relu', ['y'], {}, 'positive')).toBe('positive_1');
  });

  it('given twice are a bug', () => {
    const b = new GraphBuilder();
    b.input('x', 'float32', [2]);
    expect(() => b.input('x', 'float32', [2])).toThrow(InvariantError);
  });
});

describe('constants', () => {
  it('that are equal are shared', () => {
    const b = new GraphBuilder();
    expect(b.constant(float32([1, 2]))).toBe(b.constant(float32([1, 2])));
  });

  it('that differ in type, shape or the sign of zero are not', () => {
    const b = new GraphBuilder();
    const names = [
      b.constant(float32([0])),
      b.constant(int64([0])),
      b.constant(float32([0], [1, 1])),
      b.constant(float32([-0])),
    ];
    expect(new Set(names).size).toBe(4);
  });

  it('that are large are shared by their storage', () => {
    const b = new GraphBuilder();
    const large = float32(new Float32Array(5000));
    expect(b.constant(large)).toBe(b.constant({ ...large }));
    expect(b.constant(large)).not.toBe(b.constant({ ...large, shape: [50, 100] }));
  });
});

describe('facts', () => {
  it('are known as soon as a node is added', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2, 3]);
    const count = b.op('Size', [x]);
    expect(b.shapeOf(b.op('Transpose', [x]))).toEqual([3, 2]);
    expect(b.dtypeOf(count)).toBe('int64');
    expect(toNumbers(b.constantOf(count)!)).toEqual([6]);
    expect(b.constantOf(x)).toBeUndefined();
  });

  it('of a faulty node are refused as a bug that names it', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2, 3]);
    expect(() => b.op('MatMul', [x, x], {}, 'scores')).toThrow(InvariantError);
    expect(() => b.op('MatMul', [x, x], {}, 'product')).toThrow(/emitting "product".*\[2, 3\] and \[2, 3\]/);
  });

  it('of a value nobody made are a bug', () => {
    expect(() => new GraphBuilder().op('Relu', ['lost'])).toThrow(
      /internal: value "lost" is not defined \(read by Relu "relu"\)/,
    );
  });
});

describe('outputs', () => {
  it('take the name asked for, and an inner value of that name steps aside', () => {
    const b = new GraphBuilder();
    const inner = b.op('Relu', [b.input('x', 'float32', [2])], {}, 'loss');
    b.output(b.op('Neg', [inner], {}, 'result'), 'loss');
    const graph = b.build();
    expect(graph.outputs.map(({ name }) => name)).toEqual(['loss']);
    expect(graph.nodes.map(({ outputs }) => outputs)).toEqual([['loss_1'], ['loss']]);
  });

  it('may show one value under two names, an input or a constant', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2]);
    const y = b.op('Neg', [x], {}, 'y');
    b.output(y, 'first');
    b.output(y);
    b.output(x, 'copy');
    b.output(b.constant(float32([5, 6])), 'fixed');
    const results = evaluateGraph(b.build(), { x: float32([1, 2]) });
    expect(Object.fromEntries(Object.entries(results).map(([name, value]) => [name, toNumbers(value)]))).toEqual({
      first: [-1, -2],
      y: [-1, -2],
      copy: [1, 2],
      fixed: [5, 6],
    });
  });

  it('cannot have the name of an input', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2]);
    b.output(b.op('Neg', [x]), 'x');
    expect(() => b.build()).toThrow(InvariantError);
  });
});

describe('build', () => {
  it('drops nodes and constants that no output needs, and keeps every input', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [2]);
    b.input('unused', 'float32', [1]);
    b.op('Add', [x, b.constant(float32([1, 1]))], {}, 'dead');
    b.output(b.op('Neg', [x]), 'y');
    const graph = b.build();
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Neg']);
    expect(graph.initializers.size).toBe(0);
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'unused']);
  });

  it('can be asked twice and gives the same graph', () => {
    const b = new GraphBuilder();
    b.output(b.op('Neg', [b.input('x', 'float32', [2])]), 'y');
    expect(b.build()).toEqual(b.build());
  });

  it('refuses a graph without outputs', () => {
    expect(() => new GraphBuilder().build()).toThrow(/internal: built graph "graph": The graph has no outputs/);
  });
});

describe('inline', () => {
  it('copies a graph as often as asked, under fresh names, and computes the same', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [3]);
    const once = b.inline(addOne(), { x }, 'first/');
    const twice = b.inline(addOne(), { x: once['y']! }, 'second/');
    b.output(twice['y']!, 'result');
    const graph = b.build();
    expect(findFaults(graph)).toEqual([]);
    expect(graph.initializers.size).toBe(1);
    expect(graph.nodes.map(({ name }) => name)).toEqual([
      'first/positive',
      'first/sum',
      'second/positive',
      'second/sum',
    ]);
    expect(toNumbers(evaluateGraph(graph, { x: float32([-1, 0, 2]) })['result']!)).toEqual([2, 2, 4]);
  });

  it('needs every input', () => {
    expect(() => new GraphBuilder().inline(addOne(), {})).toThrow(/input "x" is not given/);
  });

  it('tells a fault of the handed graph as the model’s', () => {
    const graph = addOne();
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [3]);
    const broken = { ...graph, nodes: [{ ...graph.nodes[0]!, attributes: { axis: int(1) } }, graph.nodes[1]!] };
    expect(() => b.inline(broken, { x })).toThrow(EngineError);
  });
});

describe('a base graph', () => {
  it('is continued: its values keep their names, its outputs must be marked again', () => {
    const b = new GraphBuilder({ base: addOne() });
    b.output(b.op('Neg', ['y'], {}, 'z'));
    const graph = b.build();
    expect(graph.outputs.map(({ name }) => name)).toEqual(['z']);
    expect(toNumbers(evaluateGraph(graph, { x: float32([1, 2, -3]) })['z']!)).toEqual([-2, -3, -1]);
  });

  it('must have static shapes', () => {
    const base: Graph = { ...addOne(), inputs: [{ name: 'x', dtype: 'float32', shape: ['batch'] }] };
    expect(() => new GraphBuilder({ base })).toThrow(/input "x" has no static shape/);
  });
});
