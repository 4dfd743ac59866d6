/** Static facts of one node's outputs: checks the node against the op table, applies its shape rule, folds it. */
import { EngineError, InvariantError } from '../../errors.ts';
import { sizeOf } from '../../tensor/shape.ts';
import type { DType } from '../../tensor/tensor.ts';
import type { Attribute, Node } from '../graph.ts';
import { NodeContext, nodeError, nodeText } from '../ops/context.ts';
import type { Facts, OpSpec, Shape } from '../ops/spec.ts';
import { specOf } from '../ops.ts';

/**
 * Largest tensor that is computed ahead. Shape computations hold one element per axis; resizing grids and
 * anchor-like constants stay below this too, weights are far above.
 */
const FOLD_LIMIT = 4096;

/** More axes than any classifier has; a hostile file could otherwise ask for as many as it has bytes. */
const MAX_RANK = 32;

/** "T?" -> ["T", "?"]. */
function parseSlot(slot: string): readonly [type: string, kind: '' | '?' | '*'] {
  const last = slot.at(-1);
  return last === '?' || last === '*' ? [slot.slice(0, -1), last] : [slot, ''];
}

/** The slot that position `index` falls into, or undefined when the op has no such position. */
function slotAt(slots: readonly string[], index: number): readonly [type: string, kind: '' | '?' | '*'] | undefined {
  const last = slots.at(-1);
  const slot = slots[index] ?? (last?.endsWith('*') ? last : undefined);
  return slot === undefined ? undefined : parseSlot(slot);
}

/** The op's entry. @throws EngineError 'model-unsupported' naming the op */
export function requireSpec(node: Node): OpSpec {
  const spec = node.domain === '' ? specOf(node.op) : undefined;
  if (!spec) {
    const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
    throw new EngineError('model-unsupported', `Operation "${op}" (node "${node.name}") is not supported.`, {
      node: node.name,
      op,
    });
  }
  return spec;
}

/**
 * Number of inputs and outputs, omitted required ones, unknown, missing and ill-typed attributes.
 * Faults are yielded in reading order.
 */
export function* structuralFaults(node: Node, spec: OpSpec): Generator<EngineError> {
  yield* arityFaults(node, 'input', node.inputs, spec.inputs);
  yield* arityFaults(node, 'output', node.outputs, spec.outputs);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    const known = Object.hasOwn(spec.attributes, name) ? spec.attributes[name] : undefined;
    if (!known) {
      const names = Object.keys(spec.attributes).join(', ') || 'no attributes';
      yield nodeError(node, `attributes among: ${names}`, `"${name}"`);
    } else if (known.type !== attribute.type) {
      yield nodeError(node, `attribute "${name}" of type ${known.type}`, attribute.type);
    } else if (known.values && !known.values.includes(attribute.value as string)) {
      yield nodeError(node, `attribute "${name}" among: ${known.values.join(', ')}`, `"${String(attribute.value)}"`);
    } else if (!isSoundValue(attribute)) {
      yield nodeError(node, `attribute "${name}" with whole numbers`, String(attribute.value));
    }
  }
  for (const [name, attribute] of Object.entries(spec.attributes)) {
    if (attribute.required && !Object.hasOwn(node.attributes, name)) {
      yield nodeError(node, `attribute "${name}"`, 'none');
    }
  }
}

function isSoundValue(attribute: Attribute): boolean {
  if (attribute.type === 'int') return Number.isInteger(attribute.value);
  return attribute.type !== 'ints' || attribute.value.every(Number.isInteger);
}

function* arityFaults(
  node: Node,
  side: 'input' | 'output',
  names: readonly string[],
  slots: readonly string[],
): Generator<EngineError> {
  const least = slots.filter((slot) => !slot.endsWith('?')).length;
  const most = slots.at(-1)?.endsWith('*') ? Infinity : slots.length;
  if (names.length > most) yield nodeError(node, `at most ${most} ${side}s`, String(names.length));
  if (names.length < least)
    yield nodeError(node, `at least ${least} ${side}${least === 1 ? '' : 's'}`, String(names.length));
  for (let index = 0; index < names.length; index++) {
    const kind = slotAt(slots, index)?.[1];
    if (names[index] === '' && kind !== undefined && kind !== '?' && side === 'input') {
      yield nodeError(node, `${side} ${index}`, 'none');
    }
  }
}

/** Binds each type variable to the element type it is used with. */
function bindTypes(context: NodeContext, spec: OpSpec): Map<string, DType> {
  const bound = new Map<string, DType>();
  context.inputs.forEach((facts, index) => {
    if (!facts) return;
    const [type] = slotAt(spec.inputs, index) ?? ['', ''];
    const allowed = spec.types[type] ?? [type as DType];
    if (!allowed.includes(facts.dtype)) {
      throw context.invalid(
        `input ${index} ("${context.node.inputs[index]}") of type ${allowed.join(', ')}`,
        facts.dtype,
      );
    }
    const known = bound.get(type);
    if (known !== undefined && known !== facts.dtype) {
      throw context.invalid(
        `input ${index} ("${context.node.inputs[index]}") of type ${known}, as the inputs before it`,
        facts.dtype,
      );
    }
    bound.set(type, facts.dtype);
  });
  return bound;
}

function outputTypeAt(context: NodeContext, spec: OpSpec, bound: ReadonlyMap<string, DType>, index: number): DType {
  const [type] = slotAt(spec.outputs, index) ?? ['', ''];
  if (type !== '=') return bound.get(type) ?? (type as DType);
  if (!spec.outputType) throw new InvariantError(`op "${context.node.op}" lacks an output type`);
  return spec.outputType(context);
}

/**
 * Facts of each output of a node, in order (also for omitted outputs).
 * @param node a node of the canonical operator set
 * @param inputs facts of its inputs, undefined where an optional input is omitted
 * @throws EngineError 'model-invalid' or 'model-unsupported' naming the node, what was expected and what was found
 */
export function inferNode(node: Node, inputs: readonly (Facts | undefined)[]): Facts[] {
  const spec = requireSpec(node);
  for (const fault of structuralFaults(node, spec)) throw fault;
  const context = new NodeContext(node, inputs, spec.attributes);
  const bound = bindTypes(context, spec);
  const shapes = spec.shape(context);
  if (shapes.length < node.outputs.length) {
    throw new InvariantError(`${nodeText(node)}: rule gives ${shapes.length} of ${node.outputs.length} outputs`);
  }
  for (const shape of shapes) {
    if (shape.length > MAX_RANK) throw context.unsupported(`at most ${MAX_RANK} axes`, `${shape.length}`);
    if (shape.every((axis) => Number.isInteger(axis) && axis >= 0)) continue;
    throw context.invalid('inputs that leave a non-negative output size', `[${shape.join(', ')}]`);
  }
  const isFolded =
    spec.foldsInPlace === true ||
    (shapes.every(isSmall) && inputs.every((facts) => !facts?.constant || isSmall(facts.shape)));
  const constants = isFolded ? spec.fold?.(context, shapes) : undefined;
  return node.outputs.map((_, index) => ({
    dtype: outputTypeAt(context, spec, bound, index),
    shape: shapes[index]!,
    constant: constants?.[index],
  }));
}

function isSmall(shape: Shape): boolean {
  return sizeOf(shape) <= FOLD_LIMIT;
}
