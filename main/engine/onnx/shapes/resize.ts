/** Output size of Resize (ONNX Resize-18): scales or sizes, axes, aspect-ratio policies. */
import type { NodeContext } from '../ops/context.ts';
import { shapeText } from '../ops/context.ts';
import type { Shape } from '../ops/spec.ts';

/** Round half up, as the standard's "round_int" does. */
function roundHalfUp(value: number): number {
  return Math.floor(value + 0.5);
}

/** A Resize takes either scales (input 2) or sizes (input 3), over all axes or those in "axes". */
export function resizeShape(context: NodeContext): Shape[] {
  const shape = context.shape();
  const axes = context.axes(context.ints('axes') ?? [...shape.keys()], shape.length);
  const scales = isGiven(context, 2) ? context.numbers(2, 'scales') : undefined;
  const sizes = isGiven(context, 3) ? context.numbers(3, 'sizes') : undefined;
  context.require(
    (scales === undefined) !== (sizes === undefined),
    'either scales or sizes',
    scales ? 'both' : 'neither',
  );
  const given = (scales ?? sizes)!;
  context.require(given.length === axes.length, `${axes.length} ${scales ? 'scales' : 'sizes'}`, String(given.length));
  context.require(
    given.every((value) => value > 0),
    'positive scales or sizes',
    shapeText(given),
  );
  const result = [...shape];
  axes.forEach((axis, index) => {
    // Scales are float32, and so is the product the standard floors.
    result[axis] = scales ? Math.floor(Math.fround(shape[axis]! * scales[index]!)) : given[index]!;
  });
  const policy = context.word('keep_aspect_ratio_policy');
  if (!sizes || policy === 'stretch') return [result];
  const ratios = axes.map((axis, index) => sizes[index]! / shape[axis]!);
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  for (const axis of axes) result[axis] = roundHalfUp(scale * shape[axis]!);
  return [result];
}

/** Given and not the empty tensor that older exporters put in place of an omitted input. */
function isGiven(context: NodeContext, index: number): boolean {
  return context.has(index) && context.shape(index)[0] !== 0;
}
