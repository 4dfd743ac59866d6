/** The reference evaluator and onnxruntime's CPU provider check each other, operator by operator. */
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../main/engine/onnx/graph.ts';
import { float32 } from '../../main/engine/tensor/tensor.ts';
import { OPS } from '../../main/engine/onnx/ops.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import { expectAllclose } from '../support/allclose.ts';
import { operatorCases } from '../support/operator-cases/index.ts';
import { evaluateGraph, REFERENCE_OPERATORS } from '../support/reference-runner.ts';
import { readyCase } from '../support/single-node.ts';

const runner = createRunner({ provider: 'cpu', threads: 1 });

/** onnxruntime computes in float32, coordinates of Resize included. */
const TOLERANCE = { absolute: 5e-6, relative: 2e-5 };

describe.each(Object.entries(operatorCases()))('%s', (_, cases) => {
  test.each(cases.map((entry) => [entry.op, entry.about, entry] as const))('%s: %s', async (_op, _about, entry) => {
    const { graph, feeds, expected } = readyCase(entry);
    const session = await runner.open(graph);
    const actual = await session.run(feeds);
    await session.dispose();
    for (const [name, value] of Object.entries(expected)) {
      expectAllclose(actual[name]!, value, TOLERANCE);
    }
  });
});

test('every operator of the reference has a case', () => {
  const covered = new Set(
    Object.values(operatorCases())
      .flat()
      .map(({ op }) => op),
  );
  expect(Object.keys(REFERENCE_OPERATORS).filter((op) => !covered.has(op))).toEqual([]);
});

test('every operation the engine supports has a reference', () => {
  expect(Object.keys(OPS).filter((op) => !(op in REFERENCE_OPERATORS))).toEqual([]);
});

test('an operator without a reference is refused by the name of its node', () => {
  const graph: Graph = {
    name: 'unknown',
    opset: 18,
    nodes: [{ name: 'n1', op: 'Unheard', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
    inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
    initializers: new Map(),
  };
  expect(() => evaluateGraph(graph, { x: float32([1]) })).toThrow('node "n1": no reference for Unheard');
});
