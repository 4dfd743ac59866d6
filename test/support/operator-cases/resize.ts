/** Cases of the resize operators. */
import { int, text } from '../../../main/engine/onnx/attributes.ts';
import { float32, int64 } from '../../../main/engine/tensor/tensor.ts';
import type { OperatorCase } from '../single-node.ts';
import { makeInputs, one } from './make.ts';
import type { Inputs } from './make.ts';

/** Resize, nearest and linear and cubic. */
export function resizeCases(): OperatorCase[] {
  const { normal } = makeInputs(10);
  const modes = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'];
  const scaled = (scales: number[]): Inputs => [normal(1, 2, 4, 5), undefined, float32([1, 1, ...scales])];
  const sized = (sizes: number[]): Inputs => [normal(1, 2, 4, 5), undefined, undefined, int64([1, 2, ...sizes])];
  const constants = { constants: [2, 3] };
  return [
    ...modes.flatMap((mode) =>
      (['nearest', 'linear', 'cubic'] as const).flatMap((method) => {
        const attributes = { mode: text(method), coordinate_transformation_mode: text(mode) };
        return [
          one('Resize', `${method}, ${mode}, up by 2`, scaled([2, 2]), attributes, constants),
          one('Resize', `${method}, ${mode}, to a size`, sized([7, 3]), attributes, constants),
        ];
      }),
    ),
    ...['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].map((nearest) =>
      one(
        'Resize',
        `nearest ${nearest}`,
        sized([6, 10]),
        { mode: text('nearest'), nearest_mode: text(nearest) },
        constants,
      ),
    ),
    one(
      'Resize',
      'cubic without the outside',
      scaled([2, 1.5]),
      { mode: text('cubic'), exclude_outside: int(1) },
      constants,
    ),
  ];
}
