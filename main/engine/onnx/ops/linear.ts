/** Matrix products. */
import { broadcastShapes } from '../../tensor/shape.ts';
import type { NodeContext } from './context.ts';
import { shapeText } from './context.ts';
import type { OpSpec, Shape } from './spec.ts';
import { FLOATS } from './spec.ts';

const MATRIX_TYPES = [...FLOATS, 'int32', 'uint32', 'int64', 'uint64'] as const;

/** numpy.matmul: vectors are promoted, leading axes broadcast. */
function matMulShape(context: NodeContext): Shape[] {
  const [a, b] = [context.shape(0), context.shape(1)];
  const found = `${shapeText(a)} and ${shapeText(b)}`;
  context.require(a.length > 0 && b.length > 0, 'matrices', found);
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  context.require(left.at(-1) === right.at(-2), 'equal inner axes', found);
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2));
  if (!batch) throw context.invalid('leading axes that broadcast', found);
  const rows = a.length === 1 ? [] : [left.at(-2)!];
  const columns = b.length === 1 ? [] : [right.at(-1)!];
  return [[...batch, ...rows, ...columns]];
}

/** alpha A' B' + beta C; C broadcasts to [rows, columns]. */
function gemmShape(context: NodeContext): Shape[] {
  const [a, b] = [context.shape(0), context.shape(1)];
  const found = `${shapeText(a)} and ${shapeText(b)}`;
  context.require(a.length === 2 && b.length === 2, 'two matrices', found);
  const [rows, inner] = context.int('transA') === 0 ? [a[0]!, a[1]!] : [a[1]!, a[0]!];
  const [innerB, columns] = context.int('transB') === 0 ? [b[0]!, b[1]!] : [b[1]!, b[0]!];
  context.require(inner === innerB, 'equal inner axes', found);
  if (context.has(2)) {
    const common = broadcastShapes([rows, columns], context.shape(2));
    const fits = common?.length === 2 && common[0] === rows && common[1] === columns;
    context.require(fits, `a bias that broadcasts to ${shapeText([rows, columns])}`, shapeText(context.shape(2)));
  }
  return [[rows, columns]];
}

/** Explicit or implicit output, single-letter axes; "..." and repeated letters within a term are refused. */
function einsumShape(context: NodeContext): Shape[] {
  const equation = context.word('equation').replaceAll(' ', '');
  const [left, explicit] = equation.split('->') as [string, string | undefined];
  const terms = left.split(',');
  const isSimple = [...terms, explicit ?? ''].every(
    (term) => /^[A-Za-z]*$/.test(term) && new Set(term).size === term.length,
  );
  if (!isSimple)
    throw context.unsupported('an Einsum without "..." and without an axis repeated in one term', `"${equation}"`);
  context.require(
    terms.length === context.inputs.length,
    `${terms.length} inputs for "${equation}"`,
    String(context.inputs.length),
  );
  const sizes = new Map<string, number>();
  const uses = new Map<string, number>();
  terms.forEach((term, index) => {
    const shape = context.shape(index);
    context.require(shape.length === term.length, `${term.length} axes for "${term}"`, shapeText(shape));
    [...term].forEach((letter, axis) => {
      const size = sizes.get(letter);
      context.require(
        size === undefined || size === shape[axis],
        `axis "${letter}" of size ${size}`,
        String(shape[axis]),
      );
      sizes.set(letter, shape[axis]!);
      uses.set(letter, (uses.get(letter) ?? 0) + 1);
    });
  });
  const implicit = [...uses.keys()].filter((letter) => uses.get(letter) === 1).sort();
  const output = explicit === undefined ? implicit : [...explicit];
  return [
    output.map((letter) => {
      const size = sizes.get(letter);
      if (size === undefined) throw context.invalid(`output axes that occur in "${left}"`, `"${letter}"`);
      return size;
    }),
  ];
}

/** MatMul, Gemm, Einsum. */
export const LINEAR = {
  MatMul: { inputs: ['T', 'T'], outputs: ['T'], types: { T: MATRIX_TYPES }, attributes: {}, shape: matMulShape },
  Gemm: {
    inputs: ['T', 'T', 'T?'],
    outputs: ['T'],
    types: { T: MATRIX_TYPES },
    attributes: {
      alpha: { type: 'float', default: 1 },
      beta: { type: 'float', default: 1 },
      transA: { type: 'int', default: 0 },
      transB: { type: 'int', default: 0 },
    },
    shape: gemmShape,
  },
  Einsum: {
    inputs: ['T*'],
    outputs: ['T'],
    types: { T: MATRIX_TYPES },
    attributes: { equation: { type: 'string', required: true } },
    shape: einsumShape,
  },
} as const satisfies Record<string, OpSpec>;
