/** A model's graph told to people: where it can be divided, and its stages from the image to the classes. */
import { cutModel } from '../../engine/onnx/index.ts';
import type { CutModel, CutPoint, Node } from '../../engine/onnx/index.ts';
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
  // The whole graph, divided: a cut point's head is everything after the node that produces it.
  const nodes = [...cut.featureGraph.nodes, ...cut.headGraph.nodes];
  const heads = points.map((point): DescribedCutPoint => {
    const behind = nodes.slice(nodes.findIndex(({ outputs }) => outputs.includes(point.tensor)) + 1);
    return {
      ...point,
      headKind: headKindOf(model, cut, point, behind, imageSize),
      headDescription: describeHead(behind),
    };
  });
  return {
    nodeCount: graph.nodes.length,
    parameterCount: [...graph.initializers.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    cutPoints: heads,
    stages: stagesOf(nodes, points, inspection.output.classCount),
  };
}

/** A head with a layer of its own is no mean followed by one linear map; only the others need a closer look. */
function headKindOf(
  { graph, inspection }: ReadModel,
  cut: CutModel,
  { tensor }: CutPoint,
  behind: readonly Node[],
  imageSize: { readonly width: number; readonly height: number } | undefined,
): CutModel['head']['kind'] {
  if (tensor === cut.cutPoint.tensor) return cut.head.kind;
  if (behind.some(({ op }) => op === 'Conv' || op === 'ConvTranspose')) return 'general';
  return cutModel(graph, inspection, { tensor, ...imageSize }).head.kind;
}

/** Operators that people call a layer, with their singular and plural. */
const LAYERS: readonly (readonly [ops: readonly string[], one: string, many: string])[] = [
  [['Conv', 'ConvTranspose'], 'convolution', 'convolutions'],
  [['GlobalAveragePool', 'ReduceMean'], 'average over positions', 'averages over positions'],
  [['GlobalMaxPool', 'MaxPool', 'AveragePool', 'ReduceMax'], 'pooling', 'poolings'],
  [['Gemm', 'MatMul'], 'linear layer', 'linear layers'],
];

function describeHead(nodes: readonly Node[]): string {
  const parts = LAYERS.flatMap(([ops, one, many]) => {
    const count = nodes.filter(({ op }) => ops.includes(op)).length;
    if (count === 0) return [];
    return [count === 1 ? one : `${count} ${many}`];
  });
  return parts.length === 0 ? `${nodes.length} operations` : parts.join(' + ');
}

function stagesOf(nodes: readonly Node[], points: readonly CutPoint[], classCount: number): Stage[] {
  const ends = points.map(({ tensor }) => nodes.findIndex(({ outputs }) => outputs.includes(tensor)));
  const stages = points.map((point, index): Stage => {
    const own = nodes.slice(index === 0 ? 0 : ends[index - 1]! + 1, ends[index]! + 1);
    return {
      name: nameOf(own) ?? `stage ${index + 1}`,
      operators: countOperators(own),
      shape: [point.channels, point.height, point.width],
      cutTensor: point.tensor,
    };
  });
  const rest = nodes.slice((ends.at(-1) ?? -1) + 1);
  if (rest.length === 0) return stages;
  return [...stages, { name: 'head', operators: countOperators(rest), shape: [classCount], cutTensor: null }];
}

function countOperators(nodes: readonly Node[]): Stage['operators'] {
  const counts = new Map<string, number>();
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, count]) => ({ op, count })).sort((a, b) => b.count - a.count);
}

/** The path that the exporter gave all nodes in common, such as 'layer3.1 conv2'; undefined when they share none. */
function nameOf(nodes: readonly Node[]): string | undefined {
  const paths = nodes.map(({ name }) => name.split('/').filter((part) => part !== ''));
  const [first = []] = paths;
  let length = 0;
  while (length < first.length - 1 && paths.every((path) => path[length] === first[length])) length++;
  // Exporters repeat themselves: 'features/features.17/conv/conv.1' says no more than 'features.17 conv.1'.
  const prefix = first.slice(0, length);
  const parts = prefix.filter((part, place) => prefix[place + 1]?.startsWith(`${part}.`) !== true);
  return parts.length === 0 ? undefined : parts.join(' ');
}
