/** Where a base model is divided: candidate cut points, feature graph, head. */
import type { Tensor } from '../tensor/tensor.ts';
import type { Graph } from './graph.ts';
import type { ModelInspection } from './inspect.ts';

/** A spatial map that every path from the image to the logits passes. */
export interface CutPoint {
  /** Name of the value, the same in the untouched model. Shape [batch, channels, height, width]. */
  readonly tensor: string;
  /** Op of the node that produces it. */
  readonly op: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The part after the cut. For 'gap-linear', logits = weights . mean over positions of features + bias:
 * weights [classes, channels], bias [classes].
 */
export type Head =
  | { readonly kind: 'gap-linear'; readonly weights: Tensor<'float32'>; readonly bias: Tensor<'float32'> }
  | { readonly kind: 'general' };

/** A base model divided at its cut point, with the number of images per run fixed. */
export interface CutModel {
  readonly cutPoint: CutPoint;
  /** Every cut point, the last (the default) first, then backwards, about one per block. */
  readonly alternatives: readonly CutPoint[];
  /** Image -> features. */
  readonly featureGraph: Graph;
  /** Features -> logits. */
  readonly headGraph: Graph;
  readonly head: Head;
}

/** How to cut. */
export interface CutOptions {
  /** The user's choice; default the last spatial feature map. */
  readonly tensor?: string;
  /** Images per run. Default 1, or the model's own fixed number. */
  readonly batch?: number;
  /** px, for models that take any size. */
  readonly height?: number;
  readonly width?: number;
}

/**
 * Divides a model.
 * @param graph canonical
 * @throws EngineError 'cut-point' when the named value is no cut point (nearest names listed),
 *   'model-unsupported' when there is none (a transformer's token grid, a fully connected network)
 */
export function cutModel(graph: Graph, inspection: ModelInspection, options?: CutOptions): CutModel {
  void graph;
  void inspection;
  void options;
  throw new Error('not yet');
}
