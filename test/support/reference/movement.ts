/** Reference operators that only move elements: reshape, transpose, slice, pad, concatenate, tile. */
import { sizeOf, broadcastShapes } from '../../../main/engine/tensor/shape.ts';
import { at, axisOf, broadcastAt, generate, numbers, single, value, withEntry } from './value.ts';
import type { Call, OperatorTable, Value } from './value.ts';

/** 0 copies the input's axis (unless allowzero), -1 takes what is left. */
function reshape(call: Call): Value {
  const x = call.input(0);
  const copyZero = call.int('allowzero', 0) === 0;
  const wanted = numbers(call.input(1)).map((size, axis) => (size === 0 && copyZero ? x.shape[axis]! : size));
  const known = sizeOf(wanted.filter((size) => size !== -1));
  return value(
    x.dtype,
    wanted.map((size) => (size === -1 ? x.data.length / known : size)),
    x.data,
  );
}

function flatten(call: Call): Value {
  const x = call.input(0);
  const axis = call.int('axis', 1);
  const split = axis < 0 ? axis + x.shape.length : axis; // rank itself is allowed
  return value(x.dtype, [sizeOf(x.shape.slice(0, split)), sizeOf(x.shape.slice(split))], x.data);
}

function squeeze(call: Call): Value {
  const x = call.input(0);
  const given = call.optional(1);
  const axes = (given ? numbers(given) : call.ints('axes'))?.map((axis) => axisOf(axis, x.shape.length));
  return value(
    x.dtype,
    x.shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
    x.data,
  );
}

/** Axes count in the output's rank. */
function unsqueeze(call: Call): Value {
  const x = call.input(0);
  const given = call.optional(1);
  const list = given ? numbers(given) : call.ints('axes')!;
  const rank = x.shape.length + list.length;
  const axes = new Set(list.map((axis) => axisOf(axis, rank)));
  const rest = [...x.shape];
  return value(
    x.dtype,
    Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : rest.shift()!)),
    x.data,
  );
}

function transpose(call: Call): Value {
  const x = call.input(0);
  const perm = call.ints('perm') ?? [...x.shape.keys()].reverse();
  return generate(
    x.dtype,
    perm.map((axis) => x.shape[axis]!),
    (index) => {
      const source = new Array<number>(perm.length);
      perm.forEach((axis, position) => (source[axis] = index[position]!));
      return at(x, source);
    },
  );
}

/** Two-way broadcasting: an axis of 1 in the wanted shape keeps the input's. */
function expand(call: Call): Value {
  const x = call.input(0);
  const shape = broadcastShapes(x.shape, numbers(call.input(1)));
  if (!shape) throw new Error(`Expand of [${x.shape.join(', ')}] to [${numbers(call.input(1)).join(', ')}]`);
  return generate(x.dtype, shape, (index) => broadcastAt(x, index));
}

function tile(call: Call): Value {
  const x = call.input(0);
  const repeats = numbers(call.input(1));
  return generate(
    x.dtype,
    x.shape.map((size, axis) => size * repeats[axis]!),
    (index) =>
      at(
        x,
        index.map((entry, axis) => entry % x.shape[axis]!),
      ),
  );
}

function concat(call: Call): Value {
  const parts = call.inputs.map((_, index) => call.input(index));
  const first = parts[0]!;
  const axis = axisOf(call.int('axis', 0), first.shape.length);
  const length = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  return generate(first.dtype, withEntry(first.shape, axis, length), (index) => {
    let position = index[axis]!;
    for (const part of parts) {
      if (position < part.shape[axis]!) return at(part, withEntry(index, axis, position));
      position -= part.shape[axis]!;
    }
    throw new Error('unreachable: the parts fill the axis');
  });
}

/** Sizes as second input, or equal parts with the last one smaller (num_outputs, opset 18). */
function split(call: Call): Value[] {
  const x = call.input(0);
  const axis = axisOf(call.int('axis', 0), x.shape.length);
  const given = call.optional(1);
  const count = call.node.outputs.length;
  const even = Math.ceil(x.shape[axis]! / count);
  const sizes = given
    ? numbers(given)
    : Array.from({ length: count }, (_, part) => Math.min(even, x.shape[axis]! - part * even));
  let start = 0;
  return sizes.map((size) => {
    const from = start;
    start += size;
    return generate(x.dtype, withEntry(x.shape, axis, size), (index) =>
      at(x, withEntry(index, axis, index[axis]! + from)),
    );
  });
}

/** Python slicing; starts and ends are clamped, also "minus infinity" for a negative step. */
function slice(call: Call): Value {
  const x = call.input(0);
  const [starts, ends] = [numbers(call.input(1)), numbers(call.input(2))];
  const axes = call.optional(3) ? numbers(call.input(3)) : [...starts.keys()];
  const steps = call.optional(4) ? numbers(call.input(4)) : starts.map(() => 1);
  const from = x.shape.map(() => 0);
  const by = x.shape.map(() => 1);
  const shape = [...x.shape];
  axes.forEach((given, position) => {
    const axis = axisOf(given, x.shape.length);
    const size = x.shape[axis]!;
    const step = steps[position]!;
    const clamp = (bound: number): number =>
      step > 0 ? Math.min(Math.max(bound, 0), size) : Math.min(Math.max(bound, -1), size - 1);
    const wrap = (bound: number): number => clamp(bound < 0 ? bound + size : bound);
    from[axis] = wrap(starts[position]!);
    by[axis] = step;
    shape[axis] = Math.max(0, Math.ceil((wrap(ends[position]!) - from[axis]) / step));
  });
  return generate(x.dtype, shape, (index) =>
    at(
      x,
      index.map((entry, axis) => from[axis]! + entry * by[axis]!),
    ),
  );
}

/** Pads (or, negative, crops) with a constant, the edge, the mirror without its edge, or the wrapped input. */
function pad(call: Call): Value {
  const x = call.input(0);
  const rank = x.shape.length;
  const given = numbers(call.input(1));
  const axes = call.optional(3) ? numbers(call.input(3)).map((axis) => axisOf(axis, rank)) : [...x.shape.keys()];
  const begin = x.shape.map((_, axis) => given[axes.indexOf(axis)] ?? 0);
  const end = x.shape.map((_, axis) => (axes.includes(axis) ? given[axes.indexOf(axis) + axes.length]! : 0));
  const constant = call.optional(2) ? single(call.input(2)) : 0;
  const mode = call.text('mode', 'constant');
  const source = (position: number, size: number): number => {
    if (mode === 'edge') return Math.min(Math.max(position, 0), size - 1);
    if (mode === 'wrap') return ((position % size) + size) % size;
    if (mode !== 'reflect') return position;
    const period = Math.max(2 * (size - 1), 1);
    const folded = ((position % period) + period) % period;
    return folded < size ? folded : period - folded;
  };
  return generate(
    x.dtype,
    x.shape.map((size, axis) => size + begin[axis]! + end[axis]!),
    (index) => {
      const from = index.map((entry, axis) => source(entry - begin[axis]!, x.shape[axis]!));
      return from.some((entry, axis) => entry < 0 || entry >= x.shape[axis]!) ? constant : at(x, from);
    },
  );
}

/** [batch, channels, h, w] -> [batch, channels / b^2, h b, w b]. */
function depthToSpace(call: Call): Value {
  const x = call.input(0);
  const block = call.int('blocksize', 1);
  const [batch, channels, height, width] = x.shape;
  const depth = channels! / block ** 2;
  const columnRowDepth = call.text('mode', 'DCR') === 'CRD';
  return generate(x.dtype, [batch!, depth, height! * block, width! * block], ([image, channel, row, column]) => {
    const tap = (row! % block) * block + (column! % block);
    const from = columnRowDepth ? channel! * block ** 2 + tap : tap * depth + channel!;
    return at(x, [image!, from, Math.floor(row! / block), Math.floor(column! / block)]);
  });
}

/** [batch, channels, h, w] -> [batch, channels b^2, h / b, w / b], block position before channel. */
function spaceToDepth(call: Call): Value {
  const x = call.input(0);
  const block = call.int('blocksize', 1);
  const [batch, channels, height, width] = x.shape;
  return generate(x.dtype, [batch!, channels! * block ** 2, height! / block, width! / block], (index) => {
    const [image, depth, row, column] = index;
    const tap = Math.floor(depth! / channels!);
    return at(x, [image!, depth! % channels!, row! * block + Math.floor(tap / block), column! * block + (tap % block)]);
  });
}

/** Keeps the upper (or lower) triangle of the last two axes. */
function trilu(call: Call): Value {
  const x = call.input(0);
  const diagonal = call.optional(1) ? single(call.input(1)) : 0;
  const upper = call.int('upper', 1) === 1;
  return generate(x.dtype, x.shape, (index) => {
    const offset = index.at(-1)! - index.at(-2)!;
    return (upper ? offset >= diagonal : offset <= diagonal) ? at(x, index) : 0;
  });
}

/** Operators of this family. */
export const MOVEMENT: OperatorTable = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Trilu: trilu,
};
