/** Gradient of Resize: the transposed interpolation matrix of each resized axis. */
import { normalizeAxis } from '../../tensor/shape.ts';
import { multiplyAlongAxis, transposeMatrix } from '../emit-gradient.ts';
import type { Interpolation } from '../interpolation-matrix.ts';
import { interpolationMatrix } from '../interpolation-matrix.ts';
import type { Rule, RuleContext } from '../rule-context.ts';
import { unary } from './elementwise.ts';

const resize = unary((context) => {
  const [input, output] = [context.shape(0), context.outputShape(0)];
  const coordinates = context.text('coordinate_transformation_mode', 'half_pixel');
  if (coordinates === 'tf_crop_and_resize') {
    context.forbid('it crops by a region of interest', 'Choose a cut point after this node.');
  }
  if (context.int('antialias', 0) !== 0) {
    context.forbid('it smooths while it shrinks (antialias)', 'Choose a cut point after this node.');
  }
  const scales = scalesOf(context);
  let gradient = context.upstream;
  input.forEach((size, axis) => {
    const made = output[axis]!;
    const scale = scales.get(axis) ?? made / size;
    if (made === size && scale === 1) return;
    const matrix = interpolationMatrix(size, made, {
      mode: context.text('mode', 'nearest') as Interpolation['mode'],
      coordinates: coordinates as Interpolation['coordinates'],
      rounding: context.text('nearest_mode', 'round_prefer_floor') as NonNullable<Interpolation['rounding']>,
      cubicCoefficient: context.float('cubic_coeff_a', -0.75),
      excludeOutside: context.int('exclude_outside', 0) !== 0,
      scale,
    });
    gradient = multiplyAlongAxis(context.builder, gradient, axis, transposeMatrix(matrix, made, size), size);
  });
  return gradient;
});

/** Scales as given, per axis; with sizes instead, their quotient (policies other than stretch share one scale). */
function scalesOf(context: RuleContext): ReadonlyMap<number, number> {
  const rank = context.shape(0).length;
  const axes = context.ints(
    'axes',
    Array.from({ length: rank }, (_, axis) => axis),
  );
  const isGiven = (index: number): boolean => context.has(index) && context.shape(index)[0] !== 0;
  const scales = new Map<number, number>();
  const policy = context.text('keep_aspect_ratio_policy', 'stretch');
  const sizes = isGiven(3) && policy !== 'stretch' ? context.numbers(3) : undefined;
  const ratios = sizes?.map((size, index) => size / context.shape(0)[normalizeAxis(axes[index]!, rank)]!);
  const shared = ratios && (policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios));
  const given = isGiven(2) ? context.numbers(2) : undefined;
  axes.forEach((axis, index) => {
    const scale = shared ?? given?.[index];
    if (scale !== undefined) scales.set(normalizeAxis(axis, rank), scale);
  });
  return scales;
}

/** Rules of resampling. */
export const RESIZE_RULES = { Resize: resize } as const satisfies Record<string, Rule>;
