/** A model's graph told to people: where it can be divided, and its stages from the image to the classes. */
import { EngineError } from '../../engine/errors.ts';
import { cutModel } from '../../engine/onnx/index.ts';
import type { CutModel, CutPoint, Graph, Node } from '../../engine/onnx/index.ts';
import { sizeOf } from '../../engine/tensor/shape.ts';
import type { ReadModel } from './read-model.ts';

/** A cut point with what lies behind it. */
export interface DescribedCutPoint extends CutPoint {
  /** 'average over positions + linear layer'. */
  readonly headDescription: string;
  readonly headKind: CutModel['head']['kind'];
}

/** A run of nodes between two cut points. */
export interface Stage {
  readonly name: string;
  /** Most frequent first. */
  readonly operators: readonly { readonly op: string; readonly count: number }[];
  /** Shape after it without the batch; null where unknown. */
  readonly shape: readonly number[] | null;
  /** The cut point at its end; null for the last stage, the head. */
  readonly cutTensor: string | null;
}

/** What a graph is made of. */
export interface GraphDescription {
  readonly nodeCount: number;
  /** Numbers among the constants: weights and statistics. */
  readonly parameterCount: number;
  /** In the order of the graph. */
  readonly cutPoints: readonly DescribedCutPoint[];
  /** From input to output. */
  readonly stages: readonly Stage[];
}

/** @param imageSize px, for models that take any size */
export function describeGraph(
  model: ReadModel,
  cut: CutModel,
  imageSize: { readonly width: number; readonly height: number } | undefined,
): GraphDescription {
  const { graph, inspection } = model;
  // The alternatives go backwards from the last map.
  const points = [...cut.alternatives].reverse();
  const heads = points.map((point) => headOf(model, point, imageSize));
  return {
    nodeCount: graph.nodes.length,
    parameterCount: [...graph.initializers.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    cutPoints: heads.flatMap((head) => head ?? []),
    stages: stagesOf(graph, points, inspection.output.classCount),
  };
}

/** Undefined for a point whose head cannot be used. */
function headOf(
  { graph, inspection }: ReadModel,
  point: CutPoint,
  imageSize: { readonly width: number; readonly height: number } | undefined,
): DescribedCutPoint | undefined {
  try {
    const { head, headGraph } = cutModel(graph, inspection, { tensor: point.tensor, ...imageSize });
    return { ...point, headKind: head.kind, headDescription: describeHead(headGraph) };
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** Operators that people call a layer, with their singular and plural. */
const LAYERS: readonly (readonly [ops: readonly string[], one: string, many: string])[] = [
  [['Conv', 'ConvTranspose'], 'convolution', 'convolutions'],
  [['GlobalAveragePool', 'ReduceMean'], 'average over positions', 'averages over positions'],
  [['GlobalMaxPool', 'MaxPool', 'AveragePool', 'ReduceMax'], 'pooling', 'poolings'],
  [['Gemm', 'MatMul'], 'linear layer', 'linear layers'],
];

function describeHead({ nodes }: Graph): string {
  const parts = LAYERS.flatMap(([ops, one, many]) => {
    const count = nodes.filter(({ op }) => ops.includes(op)).length;
    if (count === 0) return [];
    return [count === 1 ? one : `${count} ${many}`];
  });
  return parts.length === 0 ? `${nodes.length} operations` : parts.join(' + ');
}

function stagesOf(graph: Graph, points: readonly CutPoint[], classCount: number): Stage[] {
  const ends = points.map(({ tensor }) => graph.nodes.findIndex(({ outputs }) => outputs.includes(tensor)));
  const stages = points.map((point, index): Stage => {
    const nodes = graph.nodes.slice(index === 0 ? 0 : ends[index - 1]! + 1, ends[index]! + 1);
    return {
      name: nameOf(nodes) ?? `stage ${index + 1}`,
      operators: countOperators(nodes),
      shape: [point.channels, point.height, point.width],
      cutTensor: point.tensor,
    };
  });
  const rest = graph.nodes.slice((ends.at(-1) ?? -1) + 1);
  if (rest.length === 0) return stages;
  return [...stages, { name: 'head', operators: countOperators(rest), shape: [classCount], cutTensor: null }];
}

function countOperators(nodes: readonly Node[]): Stage['operators'] {
  const counts = new Map<string, number>();
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, count]) => ({ op, count })).sort((a, b) => b.count - a.count);
}

/** The path that the exporter gave all nodes in common, such as 'layer3.1'; undefined when they share none. */
function nameOf(nodes: readonly Node[]): string | undefined {
  const paths = nodes.map(({ name }) => name.split('/').filter((part) => part !== ''));
  const [first = []] = paths;
  let length = 0;
  while (length < first.length - 1 && paths.every((path) => path[length] === first[length])) length++;
  return length === 0 ? undefined : first[length - 1];
}
