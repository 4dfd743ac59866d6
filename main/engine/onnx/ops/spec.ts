/** What the op table says of one operation: slots, element types, attributes, shape rule and folding. */
import type { DType, Tensor } from '../../tensor/tensor.ts';
import type { NodeContext } from './context.ts';
import type { AttributeSpec, Shape } from './facts.ts';

export type { AttributeSpec, Facts, Shape } from './facts.ts';

/** Shapes of the produced outputs, in order; trailing optional outputs that the node omits are ignored. */
export type ShapeRule = (context: NodeContext) => readonly Shape[];

/**
 * Content of the outputs when it can be told before the run, undefined when not.
 * Called after the shape rule, with the output shapes it gave, and only for small outputs.
 */
export type FoldRule = (context: NodeContext, outputs: readonly Shape[]) => readonly Tensor[] | undefined;

/**
 * One operation of the canonical operator set.
 * A slot is a type variable of `types` or an element type, with "?" when optional and "*" when repeated (last slot only).
 * The output slot "=" takes its element type from `outputType`.
 */
export interface OpSpec {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly types: Readonly<Record<string, readonly DType[]>>;
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  readonly shape: ShapeRule;
  readonly fold?: FoldRule;
  /** The folded value shares its operand's storage, so that it is folded at any size. */
  readonly foldsInPlace?: true;
  readonly outputType?: (context: NodeContext) => DType;
  /** First operator set that has the op, when later than the canonical one. */
  readonly since?: number;
}

/** Floating-point element types. */
export const FLOATS = ['float16', 'float32', 'float64'] as const satisfies readonly DType[];
/** Signed and unsigned integers. */
export const INTEGERS = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
] as const satisfies readonly DType[];
/** Types with a sign. */
export const SIGNED = [...FLOATS, 'int8', 'int16', 'int32', 'int64'] as const satisfies readonly DType[];
/** Everything one can calculate with. */
export const NUMBERS = [...FLOATS, ...INTEGERS] as const satisfies readonly DType[];
/** Every element type. */
export const ALL = [...NUMBERS, 'bool'] as const satisfies readonly DType[];
/** Types of indices. */
export const INDICES = ['int32', 'int64'] as const satisfies readonly DType[];
