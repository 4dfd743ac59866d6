/** Every shape rule against the shapes onnxruntime really produces. */
import { beforeAll, describe, expect, it } from 'vitest';
import { OPS } from '../../../main/engine/onnx/ops.ts';
import { runOnZeros } from '../../support/onnxruntime-shapes.ts';
import type { RunFacts } from '../../support/onnxruntime-shapes.ts';
import { buildCases } from '../../support/shape-cases.ts';
import { ELEMENTWISE_CASES } from '../../support/shape-cases/elementwise.ts';
import { LAYOUT_CASES } from '../../support/shape-cases/layout.ts';
import { NORMALIZATION_CASES } from '../../support/shape-cases/normalization.ts';
import { SELECTION_CASES } from '../../support/shape-cases/selection.ts';
import { WINDOW_CASES } from '../../support/shape-cases/window.ts';

const FAMILIES = {
  'element-wise ops': ELEMENTWISE_CASES,
  'layout ops': LAYOUT_CASES,
  'selections and reductions': SELECTION_CASES,
  'normalisations and products': NORMALIZATION_CASES,
  windows: WINDOW_CASES,
};

/** Not runnable by onnxruntime in opset 18 (Gelu came with 20; GroupNormalization of 18 was withdrawn). */
const NOT_RUN = new Set(['Gelu', 'GroupNormalization']);

describe.each(Object.entries(FAMILIES))('%s give the shape and type onnxruntime gives', (_, cases) => {
  let real: Map<string, RunFacts>;
  const { graph, outputs } = buildCases(cases);
  const declared = new Map(graph.outputs.map(({ name, dtype, shape }) => [name, { dtype, shape }]));

  beforeAll(async () => {
    real = await runOnZeros(graph);
  });

  it.each(cases.map((shapeCase, index) => ({ shapeCase, names: outputs[index]! })))(
    '$shapeCase.op $shapeCase.about',
    ({ names }) => {
      for (const name of names) expect(declared.get(name)).toEqual(real.get(name));
    },
  );
});

describe('coverage', () => {
  it('has a case for every supported op', () => {
    const covered = new Set(Object.values(FAMILIES).flatMap((cases) => cases.map(({ op }) => op)));
    expect(Object.keys(OPS).filter((op) => !covered.has(op) && !NOT_RUN.has(op))).toEqual([]);
  });
});
