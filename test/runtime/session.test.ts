/** Sessions of onnxruntime-node on the CPU: element types, outputs, failures, release of memory. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EngineError, InvariantError } from '../../main/engine/errors.ts';
import { encodeModel } from '../../main/engine/onnx/encode.ts';
import { CANONICAL_OPSET } from '../../main/engine/onnx/graph.ts';
import type { Graph, Node } from '../../main/engine/onnx/graph.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import { float32, int64, tensor, zeros } from '../../main/engine/tensor/tensor.ts';
import type { DType, Tensor } from '../../main/engine/tensor/tensor.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });
const MODEL = '../shared/data/models/resnet56_cifar10.onnx';

function node(op: string, inputs: string[], outputs: string[]): Node {
  return { name: outputs[0]!, op, domain: '', inputs, outputs, attributes: {} };
}

/** product = x weight [2, width], doubled = product + product. */
function productGraph(width = 2): Graph {
  const weight = zeros('float32', [2, width]);
  weight.data.forEach((_, index) => (weight.data[index] = index));
  return {
    name: 'product',
    opset: CANONICAL_OPSET,
    nodes: [node('MatMul', ['x', 'weight'], ['product']), node('Add', ['product', 'product'], ['doubled'])],
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 2] }],
    outputs: ['product', 'doubled'].map((name) => ({ name, dtype: 'float32', shape: [1, width] })),
    initializers: new Map([['weight', weight]]),
  };
}

function identityGraph(dtype: DType): Graph {
  return {
    name: `identity of ${dtype}`,
    opset: CANONICAL_OPSET,
    nodes: [node('Identity', ['x'], ['y'])],
    inputs: [{ name: 'x', dtype, shape: [2, 2] }],
    outputs: [{ name: 'y', dtype, shape: [2, 2] }],
    initializers: new Map(),
  };
}

async function failure(action: Promise<unknown>): Promise<unknown> {
  return action.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('values', () => {
  const extremes: Tensor[] = [
    float32([0.1, -Infinity, NaN, 3e38], [2, 2]),
    tensor('float64', [2, 2], Float64Array.of(0.1, 1e300, -2, 3)),
    tensor('float16', [2, 2], Float16Array.of(0.1, 65504, -2, 3)),
    tensor('int8', [2, 2], Int8Array.of(-128, 127, 0, 1)),
    tensor('uint8', [2, 2], Uint8Array.of(0, 255, 1, 2)),
    tensor('int32', [2, 2], Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1)),
    tensor('int64', [2, 2], BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n)),
    tensor('bool', [2, 2], Uint8Array.of(0, 1, 1, 0)),
  ];
  test.each(extremes.map((value) => [value.dtype, value] as const))('%s passes unchanged', async (dtype, value) => {
    const session = await runner.open(identityGraph(dtype));
    const { y } = await session.run({ x: value });
    expect(y).toEqual(value);
    await session.dispose();
  });

  test('a run returns all outputs, or those named', async () => {
    const session = await runner.open(productGraph());
    const x = float32([1, 10], [1, 2]);
    // [1, 10] x [[0, 1], [2, 3]] = [20, 31]
    expect(await session.run({ x })).toEqual({
      product: float32([20, 31], [1, 2]),
      doubled: float32([40, 62], [1, 2]),
    });
    expect(await session.run({ x }, ['doubled'])).toEqual({ doubled: float32([40, 62], [1, 2]) });
    await session.dispose();
  });

  test('an output of a finished run is not overwritten by the next', async () => {
    const session = await runner.open(productGraph());
    const { product } = await session.run({ x: float32([1, 10], [1, 2]) });
    await session.run({ x: float32([5, 5], [1, 2]) });
    expect(product).toEqual(float32([20, 31], [1, 2]));
    await session.dispose();
  });

  test('denormal results are flushed to zero, for speed', async () => {
    const session = await runner.open(productGraph());
    const { product } = await session.run({ x: float32([1e-39, 0], [1, 2]) });
    expect(product!.data).toEqual(Float32Array.of(0, 0));
    await session.dispose();
  });

  test.skipIf(!existsSync(MODEL))('a model opens alike from its path and from its bytes', async () => {
    const image = zeros('float32', [1, 3, 32, 32]);
    image.data.forEach((_, index) => (image.data[index] = Math.sin(index)));
    const results = await Promise.all(
      [MODEL, new Uint8Array(readFileSync(MODEL))].map(async (model) => {
        const session = await runner.openModel(model);
        const result = await session.run({ input: image });
        await session.dispose();
        return result;
      }),
    );
    expect(results[0]).toEqual(results[1]);
  });
});

describe('failures', () => {
  test('bytes that are no model are refused with the provider and what to do', async () => {
    const error = await failure(runner.openModel(Uint8Array.of(1, 2, 3)));
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: 'provider-failed' });
    expect((error as Error).message).toMatch(
      /^Provider "cpu" could not open the model: .*protobuf parsing failed\. Check/,
    );
  });

  test('a missing file is named', async () => {
    const error = await failure(runner.openModel('/no/such/model.onnx'));
    expect((error as Error).message).toContain('"/no/such/model.onnx"');
  });

  test('a graph with an operator nobody knows names the graph', async () => {
    const graph: Graph = { ...identityGraph('float32'), nodes: [node('Unheard', ['x'], ['y'])] };
    const error = await failure(runner.open(graph));
    expect((error as Error).message).toContain('could not open graph "identity of float32"');
    expect((error as Error).message).toContain('Unheard');
  });

  test('a run on the wrong shape fails with the graph and without native source paths', async () => {
    const session = await runner.open(productGraph());
    const error = await failure(session.run({ x: float32([1, 2, 3], [1, 3]) }));
    expect(error).toMatchObject({ name: 'EngineError', code: 'provider-failed' });
    expect((error as Error).message).toContain('could not run graph "product"');
    expect((error as Error).message).not.toContain('onnxruntime_src');
    await session.dispose();
  });

  test('a failing node is named in the details', async () => {
    const gather: Graph = {
      ...identityGraph('float32'),
      nodes: [node('Gather', ['x', 'index'], ['y'])],
      inputs: [
        { name: 'x', dtype: 'float32', shape: [2, 2] },
        { name: 'index', dtype: 'int64', shape: [1] },
      ],
      outputs: [{ name: 'y', dtype: 'float32', shape: [1, 2] }],
    };
    const session = await runner.open(gather);
    const error = await failure(session.run({ x: float32([1, 2, 3, 4], [2, 2]), index: int64([9]) }));
    expect(error).toMatchObject({ details: { op: 'Gather', node: 'y' } });
    await session.dispose();
  });

  test('a provider this machine lacks is told apart from one that fails', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml';
    const error = await failure(createRunner({ provider: absent }).open(productGraph()));
    expect(error).toMatchObject({ code: 'provider-missing' });
    expect((error as Error).message).toContain('Choose --device cpu');
  });

  test('missing inputs, unknown inputs and unknown outputs are our own faults', async () => {
    const session = await runner.open(productGraph());
    const x = float32([1, 2], [1, 2]);
    await expect(session.run({})).rejects.toThrow('internal: input "x" of graph "product" is not given');
    await expect(session.run({ x, z: x })).rejects.toThrow('has no input "z"; it has x');
    await expect(session.run({ x }, ['z'])).rejects.toThrow('has no output "z"; it has product, doubled');
    await session.dispose();
  });

  test('a graph protobuf cannot carry is refused before it is encoded', async () => {
    const graph = productGraph();
    const huge = { dtype: 'float32', shape: [2 ** 29], data: { length: 2 ** 29 } } as unknown as Tensor;
    const error = await failure(runner.open({ ...graph, initializers: new Map([['weight', huge]]) }));
    expect(error).toMatchObject({ code: 'model-too-large', details: { found: '2.0 GiB' } });
  });

  test('a thread count that is none is refused', () => {
    expect(() => createRunner({ provider: 'cpu', threads: 0 })).toThrow('The number of threads is 0');
  });
});

describe('release', () => {
  test('dispose may be called twice; the session is unusable afterwards', async () => {
    const session = await runner.open(productGraph());
    await session.dispose();
    await session.dispose();
    await expect(session.run({ x: float32([1, 2], [1, 2]) })).rejects.toBeInstanceOf(InvariantError);
  });

  test('dispose waits for a run that is under way', async () => {
    const session = await runner.open(productGraph());
    const running = session.run({ x: float32([1, 10], [1, 2]) });
    await session.dispose();
    expect((await running)['product']).toEqual(float32([20, 31], [1, 2]));
  });

  test('a run that fails does not make dispose fail', async () => {
    const session = await runner.open(productGraph());
    const running = failure(session.run({ x: float32([1, 2, 3], [1, 3]) }));
    await session.dispose();
    expect(await running).toBeInstanceOf(EngineError);
  });

  test('memory is given back: 40 sessions of 8 MB leave less than a quarter of their sum', async () => {
    const rows = 2 ** 20;
    const graph: Graph = {
      ...productGraph(),
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, rows] }],
      initializers: new Map([['weight', zeros('float32', [rows, 2])]]),
    };
    // Encoded once and with a small output, so that only native memory is at stake, not the garbage collector's mood.
    const bytes = encodeModel(graph);
    const x = zeros('float32', [1, rows]);
    async function cycle(times: number): Promise<number> {
      for (let count = 0; count < times; count++) {
        const session = await runner.openModel(bytes);
        await session.run({ x });
        await session.dispose();
      }
      return process.memoryUsage().rss;
    }
    const settled = await cycle(10);
    const grown = (await cycle(40)) - settled;
    expect(grown / 2 ** 20).toBeLessThan((40 * 8) / 4);
  });
});
