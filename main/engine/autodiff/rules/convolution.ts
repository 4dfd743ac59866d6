/** Gradients of Conv and ConvTranspose. */
import { reshape } from '../../onnx/emit.ts';
import { int } from '../../onnx/attributes.ts';

import type { Rule, RuleContext } from '../rule-context.ts';
import { sumOver } from '../sums.ts';
import { weightGradient } from './weight-gradient.ts';
import type { Windows } from './windows.ts';
import { slideBack, windowAttributes, windowsOf } from './windows.ts';

/** Sum of the upstream gradient per channel: [channels]. */
function biasGradient(context: RuleContext): string | undefined {
  if (!context.has(2) || !context.wants(2)) return undefined;
  const axes = context.outputShape(0).flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  return reshape(context.builder, sumOver(context.builder, context.upstream, axes), context.shape(2));
}

/** x [batch, channels, ...input], weights [made, channels / group, ...kernel], upstream [batch, made, ...output]. */
const conv: Rule = (context) => {
  const { builder, upstream } = context;
  const group = context.int('group', 1);
  const windows = windowsOf(
    context,
    context.shape(1).slice(2),
    context.shape(0).slice(2),
    context.outputShape(0).slice(2),
  );
  return [
    context.wants(0) ? slideBack(builder, upstream, context.input(1), windows, group) : undefined,
    context.wants(1) ? weightGradient(builder, context.input(0), upstream, windows, group) : undefined,
    biasGradient(context),
  ];
};

/**
 * ConvTranspose is the input gradient of a Conv that slides over its output, so its own gradients are that Conv and
 * that Conv's weight gradient with the two operands in each other's place.
 * x [batch, channels, ...input], weights [channels, made / group, ...kernel], upstream [batch, made, ...output].
 */
const convTranspose: Rule = (context) => {
  const { builder, upstream } = context;
  const group = context.int('group', 1);
  const windows = transposedWindows(context);
  return [
    context.wants(0)
      ? builder.op('Conv', [upstream, context.input(1)], { ...windowAttributes(windows), group: int(group) })
      : undefined,
    context.wants(1) ? weightGradient(builder, upstream, context.input(0), windows, group) : undefined,
    biasGradient(context),
  ];
};

/** The windows over the output; their end padding is chosen so that exactly one position belongs to each input. */
function transposedWindows(context: RuleContext): Windows {
  const [input, output] = [context.shape(0).slice(2), context.outputShape(0).slice(2)];
  const windows = windowsOf(context, context.shape(1).slice(2), output, input);
  const isSame = context.text('auto_pad', 'NOTSET').startsWith('SAME');
  const isSized = context.ints('output_shape', []).length > 0;
  const axes = windows.axes.map((axis, index) => {
    const reach = (input[index]! - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1;
    let { padBegin } = axis;
    if (isSame || isSized) {
      // ONNX ConvTranspose-11: the total padding follows from the size; SAME_UPPER puts the smaller half in front.
      const outputPadding = context.ints('output_padding', [])[index] ?? 0;
      const total = Math.max(reach + outputPadding - output[index]!, 0);
      const half = Math.floor(total / 2);
      padBegin = context.text('auto_pad', 'NOTSET') === 'SAME_UPPER' ? half : total - half;
    }
    return { ...axis, padBegin, padEnd: Math.max(reach - padBegin - output[index]!, 0) };
  });
  return { ...windows, axes };
}

/** Rules of convolutions. */
export const CONVOLUTION_RULES = { Conv: conv, ConvTranspose: convTranspose } as const satisfies Record<string, Rule>;
