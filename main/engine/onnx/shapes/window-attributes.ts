/** Reads the window attributes of Conv, ConvTranspose and the pools, with defaults and padding resolved. */
import type { NodeContext } from '../ops/context.ts';
import { shapeText } from '../ops/context.ts';
import type { Shape } from '../ops/spec.ts';
import type { AutoPad, WindowAxis } from './window.ts';
import { automaticPads } from './window.ts';

/** A list attribute with one entry per spatial axis. */
export function perAxis(
  context: NodeContext,
  name: string,
  rank: number,
  fallback: number,
  least: number,
): readonly number[] {
  const given = context.ints(name) ?? new Array<number>(rank).fill(fallback);
  const fits = given.length === rank && given.every((value) => value >= least);
  context.require(fits, `"${name}" with ${rank} numbers of at least ${least}`, shapeText(given));
  return given;
}

/** Spatial axes [height, width] of an input [batch, channels, ...spatial]. */
export function spatialOf(context: NodeContext): Shape {
  context.require(context.rank() >= 3, 'an input [batch, channels, height, width]', shapeText(context.shape()));
  return context.shape().slice(2);
}

/** The padding mode; explicit pads besides a mode other than NOTSET are refused by ONNX. */
export function autoPadOf(context: NodeContext): AutoPad {
  return context.word('auto_pad') as AutoPad;
}

/**
 * The window of each spatial axis with its final padding.
 * @param kernel kernel size per axis
 */
export function windowAxes(context: NodeContext, spatial: Shape, kernel: Shape): WindowAxis[] {
  const rank = spatial.length;
  const strides = perAxis(context, 'strides', rank, 1, 1);
  const dilations = perAxis(context, 'dilations', rank, 1, 1);
  const mode = autoPadOf(context);
  const pads = mode === 'NOTSET' ? (context.ints('pads') ?? new Array<number>(2 * rank).fill(0)) : undefined;
  const fits = !pads || (pads.length === 2 * rank && pads.every((pad) => pad >= 0));
  context.require(fits, `"pads" with ${2 * rank} numbers of at least 0`, shapeText(pads ?? []));
  return spatial.map((input, axis) => {
    const window = { kernel: kernel[axis]!, stride: strides[axis]!, dilation: dilations[axis]! };
    const [padBegin, padEnd] = pads ? [pads[axis]!, pads[axis + rank]!] : automaticPads(mode, input, window);
    return { ...window, padBegin, padEnd };
  });
}
