/** Translation rules for attributes that later operator sets turned into inputs. */
import { float32 } from '../tensor/tensor.ts';
import { attributeOf, int } from './attributes.ts';
import { withAttributes, withoutAttributes } from './canonical-context.ts';
import type { CanonicalContext, Rule } from './canonical-context.ts';
import type { Node } from './graph.ts';

/** Operator set in which an op's attributes became inputs; below it the rule applies. */
const CHANGED = { clip: 11, pad: 11, slice: 10, split: 13, splitCount: 18, axes: 13, reduce: 18, topK: 10 } as const;

/** The node with its `axes` attribute as second input. */
function axesToInput(since: number): Rule {
  return (node, context) => {
    const axes = attributeOf(node, 'axes', 'ints');
    if (context.opset >= since) return [node];
    if (axes === undefined) return [node];
    const name = context.integers(axes, `${node.name}/axes`);
    return [withoutAttributes({ ...node, inputs: [node.inputs[0] ?? '', name] }, 'axes')];
  };
}

/** Clip: `min` and `max`; a bound that is missing stays open. */
const clip: Rule = (node, context) => {
  if (context.opset >= CHANGED.clip) return [node];
  const bound = (name: 'min' | 'max'): string => {
    const value = attributeOf(node, name, 'float');
    return value === undefined ? '' : context.constant(float32([value], []), `${node.name}/${name}`);
  };
  return [withoutAttributes({ ...node, inputs: [node.inputs[0] ?? '', bound('min'), bound('max')] }, 'min', 'max')];
};

/** Pad: `pads` and `value`. */
const pad: Rule = (node, context) => {
  const mode = attributeOf(node, 'mode', 'string');
  if (mode === 'wrap') throw context.refuse(node, 'pads by wrapping around, which came after operator set 18.');
  if (context.opset >= CHANGED.pad) return [node];
  const pads = context.integers(attributeOf(node, 'pads', 'ints') ?? [], `${node.name}/pads`);
  const value = context.constant(float32([attributeOf(node, 'value', 'float') ?? 0], []), `${node.name}/value`);
  return [withoutAttributes({ ...node, inputs: [node.inputs[0] ?? '', pads, value] }, 'pads', 'value')];
};

/** Slice: `starts`, `ends`, `axes`. */
const slice: Rule = (node, context) => {
  if (context.opset >= CHANGED.slice) return [node];
  const starts = attributeOf(node, 'starts', 'ints') ?? [];
  const ends = attributeOf(node, 'ends', 'ints') ?? [];
  const axes = attributeOf(node, 'axes', 'ints') ?? starts.map((_, index) => index);
  const inputs = [
    node.inputs[0] ?? '',
    context.integers(starts, `${node.name}/starts`),
    context.integers(ends, `${node.name}/ends`),
    context.integers(axes, `${node.name}/axes`),
  ];
  return [withoutAttributes({ ...node, inputs }, 'starts', 'ends', 'axes')];
};

/** Split: sizes as an input, or the number of equal parts, which was implied before operator set 18. */
const split: Rule = (node, context) => {
  const sizes = attributeOf(node, 'split', 'ints');
  if (context.opset < CHANGED.split && sizes !== undefined) {
    const name = context.integers(sizes, `${node.name}/split`);
    return [withoutAttributes({ ...node, inputs: [node.inputs[0] ?? '', name] }, 'split')];
  }
  const isCounted = context.opset >= CHANGED.splitCount || (node.inputs[1] ?? '') !== '';
  return [isCounted ? node : withAttributes(node, { num_outputs: int(node.outputs.length) })];
};

/** TopK: `k`. */
const topK: Rule = (node, context) => {
  const k = attributeOf(node, 'k', 'int');
  if (context.opset >= CHANGED.topK || k === undefined) return [node];
  return [withoutAttributes({ ...node, inputs: [node.inputs[0] ?? '', context.integers([k], `${node.name}/k`)] }, 'k')];
};

const reduce = axesToInput(CHANGED.reduce);

/** Rules by op. */
export const INPUT_RULES = {
  Clip: clip,
  Pad: pad,
  Slice: slice,
  Split: split,
  Squeeze: axesToInput(CHANGED.axes),
  TopK: topK,
  Unsqueeze: axesToInput(CHANGED.axes),
  ReduceSum: axesToInput(CHANGED.axes),
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSumSquare: reduce,
} as const satisfies Readonly<Record<string, (node: Node, context: CanonicalContext) => readonly Node[]>>;
