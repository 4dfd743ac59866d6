/** Reference Resize (opset 18) as separable taps: each output position reads weighted input positions per axis. */
import { at, axisOf, forEachIndex, generate, numbers } from './value.ts';
import type { Call, OperatorTable, Value } from './value.ts';

interface Tap {
  readonly position: number;
  readonly weight: number;
}

/** One axis of the resize. */
interface Axis {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** Input coordinate of an output position (Resize-18, coordinate_transformation_mode). */
function coordinate(mode: string, { from, to, scale }: Axis, position: number): number {
  switch (mode) {
    case 'half_pixel':
      return (position + 0.5) / scale - 0.5;
    case 'half_pixel_symmetric': {
      const center = from / 2;
      const adjustment = to / (scale * from);
      return center * (1 - adjustment) + (position + 0.5) / scale - 0.5;
    }
    case 'pytorch_half_pixel':
      return to > 1 ? (position + 0.5) / scale - 0.5 : 0;
    case 'align_corners':
      return to > 1 ? (position * (from - 1)) / (to - 1) : 0;
    case 'asymmetric':
      return position / scale;
    default:
      throw new Error(`Resize coordinate_transformation_mode ${mode} has no reference`);
  }
}

const NEAREST: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Keys' cubic kernel at -1-f, -f, 1-f, 2-f. */
function cubicWeights(fraction: number, a: number): number[] {
  const near = (d: number): number => (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
  const far = (d: number): number => a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a;
  return [far(1 + fraction), near(fraction), near(1 - fraction), far(2 - fraction)];
}

/** Positions outside are clamped to the edge, or dropped and the rest renormalised with exclude_outside. */
function tapsOf(call: Call, axis: Axis, position: number): Tap[] {
  const x = coordinate(call.text('coordinate_transformation_mode', 'half_pixel'), axis, position);
  const clamp = (at: number): number => Math.min(Math.max(at, 0), axis.from - 1);
  const mode = call.text('mode', 'nearest');
  if (mode === 'nearest') {
    return [{ position: clamp(NEAREST[call.text('nearest_mode', 'round_prefer_floor')]!(x)), weight: 1 }];
  }
  const floor = Math.floor(x);
  const fraction = x - floor;
  if (mode === 'linear') {
    return [
      { position: clamp(floor), weight: 1 - fraction },
      { position: clamp(floor + 1), weight: fraction },
    ];
  }
  const weights = cubicWeights(fraction, call.float('cubic_coeff_a', -0.75));
  const inside = weights.map((_, tap) => floor - 1 + tap >= 0 && floor - 1 + tap < axis.from);
  const exclude = call.int('exclude_outside', 0) === 1;
  const total = weights.reduce((sum, weight, tap) => sum + (exclude && !inside[tap] ? 0 : weight), 0);
  return weights.flatMap((weight, tap) =>
    exclude && !inside[tap] ? [] : [{ position: clamp(floor - 1 + tap), weight: exclude ? weight / total : weight }],
  );
}

/** The resized axes from scales or sizes; others stay. keep_aspect_ratio_policy other than stretch has no reference. */
function axesOf(call: Call, x: Value): Axis[] {
  if (call.int('antialias', 0) === 1) throw new Error('Resize with antialias has no reference');
  if (call.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch') throw new Error('Resize keeps no aspect ratio');
  const axes = call.ints('axes')?.map((axis) => axisOf(axis, x.shape.length)) ?? [...x.shape.keys()];
  const scales = call.optional(2);
  const sizes = call.optional(3);
  return x.shape.map((from, axis) => {
    const entry = axes.indexOf(axis);
    if (entry < 0) return { from, to: from, scale: 1 };
    if (scales && scales.data.length > 0) {
      const scale = numbers(scales)[entry]!;
      return { from, to: Math.floor(from * scale), scale };
    }
    const to = numbers(sizes!)[entry]!;
    return { from, to, scale: to / from };
  });
}

function resize(call: Call): Value {
  const x = call.input(0);
  const axes = axesOf(call, x);
  const taps = axes.map((axis) => Array.from({ length: axis.to }, (_, position) => tapsOf(call, axis, position)));
  return generate(
    x.dtype,
    axes.map(({ to }) => to),
    (index) => {
      const own = index.map((position, axis) => taps[axis]![position]!);
      let sum = 0;
      forEachIndex(
        own.map((list) => list.length),
        (choice) => {
          const picked = choice.map((tap, axis) => own[axis]![tap]!);
          sum +=
            picked.reduce((weight, tap) => weight * tap.weight, 1) *
            at(
              x,
              picked.map((tap) => tap.position),
            );
        },
      );
      return sum;
    },
  );
}

/** Operators of this family. */
export const RESIZE: OperatorTable = { Resize: resize };
