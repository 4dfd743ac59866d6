/** Folded values equal what onnxruntime computes from the same constants, for every op that folds. */
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../../main/engine/onnx/encode.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import { OPS } from '../../../main/engine/onnx/ops.ts';
import type { OpSpec } from '../../../main/engine/onnx/ops/spec.ts';
import { tensorOf } from '../../../main/engine/onnx/ops/fold-elementwise.ts';
import { createRunner } from '../../../main/engine/runtime/session.ts';
import type { DType, Tensor } from '../../../main/engine/tensor/tensor.ts';
import { toNumbers } from '../../../main/engine/tensor/tensor.ts';
import { sizeOf } from '../../../main/engine/tensor/shape.ts';
import type { CaseInput, ShapeCase } from '../../support/shape-cases.ts';
import { ELEMENTWISE_CASES } from '../../support/shape-cases/elementwise.ts';
import { LAYOUT_CASES } from '../../support/shape-cases/layout.ts';
import { SELECTION_CASES } from '../../support/shape-cases/selection.ts';

const FOLDING = new Set(Object.entries<OpSpec>(OPS).flatMap(([op, spec]) => (spec.fold ? [op] : [])));
const CASES = [...ELEMENTWISE_CASES, ...LAYOUT_CASES, ...SELECTION_CASES].filter(({ op }) => FOLDING.has(op));

/** Values of both signs, with repeats and a half; never 0, by which integers cannot be divided. */
const VALUES = [3, -2, 1, 2.5, -1, 4, -3, 2];

function filled(dtype: DType, shape: readonly number[], shift: number): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, index) => VALUES[(index + shift) % VALUES.length]!);
  return tensorOf(dtype, shape, values)!;
}

/** The case with content in place of every input that is fed at run time. */
function asConstant(input: CaseInput, shift: number): Tensor | undefined {
  if (input === undefined || 'dtype' in input) return input;
  const [first] = input;
  if (typeof first === 'string') return filled(first, input[1] as readonly number[], shift);
  return filled('float32', input as readonly number[], shift);
}

async function both(shapeCase: ShapeCase): Promise<(readonly [ours: Tensor | undefined, real: Tensor])[]> {
  const builder = new GraphBuilder();
  const names = shapeCase.inputs.map((input, index) => {
    const value = asConstant(input, index * 3);
    return value ? builder.constant(value) : '';
  });
  const made = builder.ops(shapeCase.op, names, shapeCase.attributes ?? {}, shapeCase.outputCount ?? 1, 'y');
  for (const name of made) builder.output(name);
  const session = await createRunner({ provider: 'cpu', threads: 1 }).openModel(encodeModel(builder.build()));
  try {
    const real = await session.run({});
    return made.map((name) => [builder.constantOf(name), real[name]!] as const);
  } finally {
    await session.dispose();
  }
}

describe('a folded value is onnxruntime’s', () => {
  it.each(CASES)('$op $about', async (shapeCase) => {
    for (const [ours, real] of await both(shapeCase)) {
      // Some reductions fold only when they leave one number.
      if (!ours && shapeCase.op.startsWith('Reduce')) continue;
      expect({ dtype: ours?.dtype, shape: ours?.shape }).toEqual({ dtype: real.dtype, shape: real.shape });
      const expected = toNumbers(real);
      toNumbers(ours!).forEach((value, index) => {
        if (Number.isFinite(expected[index]!)) expect(value).toBeCloseTo(expected[index]!, 4);
        else expect(value).toBe(expected[index]);
      });
    }
  });

  it('covers every op that folds', () => {
    const covered = new Set(CASES.map(({ op }) => op));
    expect([...FOLDING].filter((op) => !covered.has(op))).toEqual([]);
  });
});
