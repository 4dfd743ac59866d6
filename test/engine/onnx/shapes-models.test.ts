/** Real exporters' models: every inner value has the static shape onnxruntime gives it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../main/engine/onnx/canonical.ts';
import { decodeModel } from '../../../main/engine/onnx/decode.ts';
import { foldConstants } from '../../../main/engine/onnx/fold.ts';
import type { Graph } from '../../../main/engine/onnx/graph.ts';
import { inferShapes, symbolsOf } from '../../../main/engine/onnx/shapes.ts';
import { runOnZeros } from '../../support/onnxruntime-shapes.ts';

const FOLDER = join(import.meta.dirname, '../../../../shared/data/models');
const MODELS = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.onnx')) : [];

/** What no static classifier needs any more once shapes are fixed. */
const SHAPE_COMPUTATIONS = new Set(['Shape', 'Size', 'Constant', 'ConstantOfShape', 'Range', 'Cast', 'Unsqueeze']);

function load(file: string): Graph {
  return canonicalize(decodeModel(new Uint8Array(readFileSync(join(FOLDER, file)))).graph);
}

function batchOf(graph: Graph, size: number): Record<string, number> {
  return Object.fromEntries(symbolsOf(graph).map((symbol) => [symbol, size]));
}

describe.skipIf(MODELS.length === 0)('a model of the shared data', () => {
  it.each(MODELS)('%s has the inner shapes onnxruntime gives', async (file) => {
    const graph = load(file);
    const facts = inferShapes(graph, batchOf(graph, 1));
    const inner = graph.nodes.flatMap(({ outputs }) => outputs.filter((output) => output !== ''));
    const open: Graph = {
      ...graph,
      inputs: graph.inputs.map(({ name, dtype }) => ({ name, dtype, shape: facts.get(name)!.shape })),
      outputs: inner.map((name) => ({ name, dtype: facts.get(name)!.dtype, shape: undefined })),
    };
    const real = await runOnZeros(open);
    for (const name of inner) {
      const { dtype, shape } = facts.get(name)!;
      expect({ name, dtype, shape }).toEqual({ name, ...real.get(name) });
    }
  });

  it.each(MODELS)('%s has no shape computation left at a batch of 8', (file) => {
    const graph = load(file);
    const folded = foldConstants(graph, batchOf(graph, 8));
    expect(folded.nodes.map(({ op }) => op).filter((op) => SHAPE_COMPUTATIONS.has(op))).toEqual([]);
    expect(folded.inputs[0]!.shape![0]).toBe(8);
    expect(folded.outputs[0]!.shape![0]).toBe(8);
  });
});
