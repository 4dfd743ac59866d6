/** What is known of a value before the run, and of an attribute before the node. */
import type { DType, Tensor } from '../../tensor/tensor.ts';
import type { Attribute } from '../graph.ts';

/** Static facts of a value: element type, shape, and its content when it is known before the run. */
export interface Facts {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly constant?: Tensor | undefined;
}

/** Static axes. */
export type Shape = readonly number[];

/** Type, default and allowed words of one attribute. */
export interface AttributeSpec {
  readonly type: Attribute['type'];
  /** Value when the node does not give it; absent means "no value" (the rule decides). */
  readonly default?: number | string;
  readonly required?: true;
  /** Allowed words of a string attribute. */
  readonly values?: readonly string[];
}
