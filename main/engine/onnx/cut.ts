/** Where a base model is divided: candidate cut points, feature graph, head. */
import { EngineError } from '../errors.ts';
import type { Candidate } from './cut-candidates.ts';
import { layerMaps, spatialMaps, tailOf } from './cut-candidates.ts';
import { foldConstants } from './fold.ts';
import { subgraph } from './graph.ts';
import type { Graph, ValueInfo } from './graph.ts';
import { describeHead } from './head.ts';
import type { Head } from './head.ts';
import type { ModelInspection } from './inspect.ts';
import { describeNode, quote } from './messages.ts';
import { nearestNames } from './nearest-names.ts';
import { inferShapes } from './shapes.ts';
import { verifyGraph } from './verify.ts';

export type { Head } from './head.ts';

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

/** A base model divided at its cut point, with the number of images per run fixed. */
export interface CutModel {
  readonly cutPoint: CutPoint;
  /** Every cut point, the last (the default) first, then backwards: one per layer, after its activation. */
  readonly alternatives: readonly CutPoint[];
  /** Image -> features, shapes static. */
  readonly featureGraph: Graph;
  /** Features -> logits, shapes static. */
  readonly headGraph: Graph;
  readonly head: Head;
}

/** How to cut. */
export interface CutOptions {
  /** The user's choice; default the last spatial feature map. Any map on the main path is allowed. */
  readonly tensor?: string;
  /** Images per run, >= 1. Default the model's own fixed number, else 1. */
  readonly batch?: number;
  /** px, for models that take any size. */
  readonly height?: number;
  readonly width?: number;
}

/**
 * Layers with weights that a head may have behind the default cut point: VGG has 3, the largest heads in use 4.
 * A model with more of them computes on something else than a map (tokens, a vector): its last map says little.
 */
const HEAD_LAYER_LIMIT = 6;

/**
 * Divides a model.
 * @param graph canonical
 * @throws EngineError 'cut-point' when the named value is no cut point (nearest names listed),
 *   'model-unsupported' when there is none (a transformer's token grid, a fully connected network),
 *   'configuration' when a size is missing or contradicts the model
 */
export function cutModel(graph: Graph, inspection: ModelInspection, options: CutOptions = {}): CutModel {
  const { logits } = inspection.output;
  const output: ValueInfo = { name: logits, dtype: 'float32', shape: undefined };
  const whole = foldConstants(subgraph(graph, graph.inputs, [output]), fixedAxes(graph, inspection, options));
  const facts = inferShapes(whole);
  const maps = spatialMaps(whole, facts);
  // A map of class scores (SqueezeNet, fully convolutional heads) is an answer already, not the evidence for it.
  const evidence = maps.filter((map) => tailOf(whole, map).layerCount > 0);
  const layers = layerMaps(whole, evidence, facts).reverse();
  const chosen =
    options.tensor === undefined ? defaultCut(whole, layers) : namedCut(options.tensor, maps, layers, graph);
  const features: ValueInfo = { name: chosen.tensor, dtype: 'float32', shape: chosen.shape };
  const featureGraph = subgraph(whole, whole.inputs, [features]);
  const headGraph = subgraph(whole, [features], whole.outputs);
  verifyGraph(featureGraph);
  verifyGraph(headGraph);
  return {
    cutPoint: toCutPoint(chosen),
    alternatives: layers.map(toCutPoint),
    featureGraph,
    headGraph,
    head: describeHead(headGraph, inferShapes(headGraph)),
  };
}

/** Sizes for the open axes of the image input. */
function fixedAxes(graph: Graph, { input }: ModelInspection, options: CutOptions): Record<string, number> {
  const shape = graph.inputs[0]?.shape ?? [];
  const batch = options.batch ?? input.batch ?? 1;
  if (!Number.isInteger(batch) || batch < 1 || (input.batch !== undefined && batch !== input.batch)) {
    const rule = input.batch === undefined ? 'a whole number from 1 up' : `exactly ${input.batch}`;
    throw new EngineError('configuration', `The model takes ${rule} images per run, not ${batch}.`, {
      expected: rule,
      found: String(batch),
    });
  }
  const channels = input.channels;
  const height = input.height ?? options.height;
  const width = input.width ?? options.width;
  const sizes = input.layout === 'NCHW' ? [batch, channels, height, width] : [batch, height, width, channels];
  const fixed: Record<string, number> = {};
  shape.forEach((axis, index) => {
    if (typeof axis === 'number') return;
    const size = sizes[index];
    if (size === undefined) {
      throw new EngineError(
        'configuration',
        `The model takes images of any size (axis ${quote(axis)} of ${quote(input.name)}). State the size in px that it was trained with.`,
        { tensor: input.name, found: axis },
      );
    }
    if (fixed[axis] !== undefined && fixed[axis] !== size) {
      throw new EngineError(
        'configuration',
        `The model uses one symbol ${quote(axis)} for two axes of ${quote(input.name)}, but they would be ${fixed[axis]} and ${size}.`,
        { tensor: input.name, found: axis },
      );
    }
    fixed[axis] = size;
  });
  return fixed;
}

/** The last map before the head. */
function defaultCut(graph: Graph, layers: readonly Candidate[]): Candidate {
  const [last] = layers;
  if (!last) {
    throw new EngineError(
      'model-unsupported',
      'The model has no spatial feature map [batch, channels, height, width] on its way from the image to the classes. Visual words need one: Vislex explains convolutional classifiers.',
    );
  }
  const { attention, layerCount } = tailOf(graph, last);
  if (attention || layerCount > HEAD_LAYER_LIMIT) {
    const reason = attention ? `attention, ${describeNode(attention)}` : `${layerCount} more layers`;
    throw new EngineError(
      'model-unsupported',
      `The last spatial map of the model is ${quote(last.tensor)} [${last.shape.join(', ')}], and behind it comes ${reason}: the model works on tokens, as transformers do, and its evidence has no place on that map. Vislex needs a spatial map close to the classes; a cut point can still be named by hand.`,
      { tensor: last.tensor, ...(attention ? { node: attention.name, op: attention.op } : {}) },
    );
  }
  return last;
}

/** The map the user names. */
function namedCut(tensor: string, maps: readonly Candidate[], layers: readonly Candidate[], graph: Graph): Candidate {
  const found = maps.find((map) => map.tensor === tensor);
  if (found) return found;
  const isKnown = graph.nodes.some((node) => node.outputs.includes(tensor));
  const why = isKnown
    ? 'is no cut point: it is not a spatial map [batch, channels, height, width] that everything passes on its way to the classes'
    : 'does not exist in the model';
  const nearest = nearestNames(
    tensor,
    (layers.length > 0 ? layers : maps).map((map) => map.tensor),
  );
  throw new EngineError(
    'cut-point',
    `The value ${quote(tensor)} ${why}. ${nearest.length > 0 ? `Cut points with similar names: ${nearest.map(quote).join(', ')}.` : 'The model has no cut point.'}`,
    { tensor },
  );
}

function toCutPoint({ tensor, op, shape }: Candidate): CutPoint {
  const [, channels = 0, height = 0, width = 0] = shape;
  return { tensor, op, channels, height, width };
}
