/** Thousands of damaged models (seeded): each is read, verified and cut, or refused with an EngineError, in time and memory. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../main/engine/errors.ts';
import { float, int, ints } from '../../main/engine/onnx/attributes.ts';
import {
  canonicalize,
  cutModel,
  decodeModel,
  encodeModel,
  inspectModel,
  verifyGraph,
} from '../../main/engine/onnx/index.ts';
import { ModelProtoSchema } from '../../main/engine/onnx/proto/onnx_pb.js';
import type { ModelProto } from '../../main/engine/onnx/proto/onnx_pb.js';
import { createRandom } from '../../main/engine/tensor/random.ts';
import type { Random } from '../../main/engine/tensor/random.ts';
import { float32, int64, tensor } from '../../main/engine/tensor/tensor.ts';
import { noise, smallGraph, TRUNK } from '../support/onnx-graphs.ts';

/** Longest time one damaged model may take, ms; a whole one takes a few. */
const TIME_LIMIT_MS = 2000;
/** Most memory one damaged model may cost, bytes. */
const MEMORY_LIMIT_BYTES = 512 * 2 ** 20;

/** Small models that use what readers stumble over: attributes of old operator sets, shape chains, quantised weights. */
const SEEDS: readonly Uint8Array[] = [
  smallGraph({
    opset: 13,
    input: ['batch', 3, 8, 8],
    constants: {
      ...TRUNK.constants,
      q: tensor(
        'int8',
        [6, 5],
        Int8Array.from({ length: 30 }, (_, index) => index),
      ),
      scale: float32([0.1], []),
      zero: int64([0], []),
      front: int64([0]),
      rest: int64([-1]),
    },
    lines: [
      ...TRUNK.lines,
      ['p', 'GlobalAveragePool', ['map']],
      ['s', 'Shape', ['p']],
      ['n', 'Gather', ['s', 'zero']],
      ['n1', 'Unsqueeze', ['n', 'front']],
      ['to', 'Concat', ['n1', 'rest'], { axis: int(0) }],
      ['flat', 'Reshape', ['p', 'to']],
      ['w', 'DequantizeLinear', ['q', 'scale']],
      ['y', 'Gemm', ['flat', 'w']],
    ],
  }),
  smallGraph({
    opset: 9,
    constants: { ...TRUNK.constants, w: noise([6, 5]), scales: float32([1, 1, 2, 2]) },
    lines: [
      ...TRUNK.lines,
      ['clipped', 'Clip', ['map'], { min: float(0), max: float(6) }],
      ['padded', 'Pad', ['clipped'], { pads: ints([0, 0, 1, 1, 0, 0, 1, 1]) }],
      ['up', 'Upsample', ['padded', 'scales']],
      ['cut', 'Slice', ['up'], { starts: ints([0, 0]), ends: ints([5, 5]), axes: ints([2, 3]) }],
      ['pool', 'MaxPool', ['cut'], { kernel_shape: ints([2, 2]) }],
      ['mean', 'ReduceMean', ['pool'], { axes: ints([2, 3]), keepdims: int(0) }],
      ['scores', 'Gemm', ['mean', 'w']],
      ['y', 'Softmax', ['scores'], { axis: int(1) }],
    ],
  }),
].map((graph) => encodeModel(graph));

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const flipBits: Mutation = (bytes, random) => {
  const result = bytes.slice();
  for (let count = 1 + random.integer(4); count > 0; count--)
    result[random.integer(result.length)]! ^= 1 << random.integer(8);
  return result;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random.integer(bytes.length));

const splice: Mutation = (bytes, random) => {
  const other = SEEDS[random.integer(SEEDS.length)]!;
  const [from, to] = [random.integer(bytes.length), random.integer(other.length)];
  return Uint8Array.from([...bytes.subarray(0, from), ...other.subarray(to)]);
};

const overwrite: Mutation = (bytes, random) => {
  const result = bytes.slice();
  const start = random.integer(bytes.length);
  const value = [0, 0x7f, 0x80, 0xff][random.integer(4)]!;
  return result.fill(value, start, start + 1 + random.integer(12));
};

/** Numbers that break arithmetic. */
const HOSTILE = [0n, -1n, 1n, 2n ** 31n, 2n ** 31n - 1n, 2n ** 40n, 2n ** 63n - 1n, -(2n ** 63n)] as const;
const OPS = [
  'Conv',
  'Reshape',
  'If',
  'Loop',
  'Resize',
  'Split',
  'Gather',
  'Expand',
  'Tile',
  'ConstantOfShape',
  'Range',
  'TopK',
  'Bogus',
];

/** Changes to one field of the parsed message: damage that a bit flip rarely hits. */
const FIELD_MUTATIONS: readonly ((model: ModelProto, random: Random) => void)[] = [
  ({ graph }, random) => {
    graph!.node[random.integer(graph!.node.length)]!.opType = OPS[random.integer(OPS.length)]!;
  },
  ({ graph }, random) => {
    const { input } = graph!.node[random.integer(graph!.node.length)]!;
    input[random.integer(input.length + 1)] = anyName(graph!, random);
  },
  ({ graph }, random) => {
    graph!.node[random.integer(graph!.node.length)]!.output = [anyName(graph!, random)];
  },
  ({ graph }, random) => {
    graph!.node.splice(random.integer(graph!.node.length), 1);
  },
  ({ graph }, random) => {
    graph!.node.push(graph!.node[random.integer(graph!.node.length)]!);
  },
  ({ graph }, random) => {
    graph!.node[random.integer(graph!.node.length)]!.domain = ['ai.onnx', 'com.microsoft', '__proto__'][
      random.integer(3)
    ]!;
  },
  ({ graph }, random) => {
    pick(graph!.initializer, random)!.dataType = random.integer(24);
  },
  ({ graph }, random) => {
    const { dims } = pick(graph!.initializer, random)!;
    dims[random.integer(dims.length + 1)] = hostile(random);
  },
  ({ graph }, random) => {
    pick(graph!.initializer, random)!.name = anyName(graph!, random);
  },
  ({ graph }, random) => {
    const item = pick(graph!.initializer, random)!;
    new DataView(item.rawData.buffer, item.rawData.byteOffset).setUint8(random.integer(item.rawData.length), 0xff);
  },
  ({ graph }, random) => {
    const found = pick(
      graph!.node.flatMap((node) => node.attribute),
      random,
    );
    if (found) {
      found.ints = found.ints.map(() => hostile(random));
      found.i = hostile(random);
    }
  },
  ({ graph }, random) => {
    const found = pick(
      graph!.node.flatMap((node) => node.attribute),
      random,
    );
    if (found) found.type = random.integer(14);
  },
  ({ graph }, random) => {
    const found = pick(
      graph!.node.flatMap((node) => node.attribute),
      random,
    );
    if (found) found.name = ['__proto__', 'axis', 'pads', 'group', ''][random.integer(5)]!;
  },
  ({ graph }, random) => {
    const { value } = graph!.input[0]!.type!;
    if (value.case === 'tensorType') {
      const axis = pick(value.value.shape!.dim, random);
      if (axis) axis.value = { case: 'dimValue', value: hostile(random) };
    }
  },
  ({ graph }, random) => {
    graph!.input[0]!.name = anyName(graph!, random);
  },
  ({ graph }, random) => {
    graph!.output[0]!.name = anyName(graph!, random);
  },
  (model, random) => {
    model.opsetImport[0]!.version = BigInt(random.integer(25));
  },
];

function hostile(random: Random): bigint {
  return HOSTILE[random.integer(HOSTILE.length)]!;
}

function pick<T>(items: readonly T[], random: Random): T | undefined {
  return items[random.integer(items.length)];
}

function anyName(graph: NonNullable<ModelProto['graph']>, random: Random): string {
  const names = [
    '',
    'ghost',
    '__proto__',
    ...graph.initializer.map((item) => item.name),
    ...graph.node.flatMap((node) => node.output),
  ];
  return pick(names, random)!;
}

const changeFields: Mutation = (bytes, random) => {
  const model = fromBinary(ModelProtoSchema, bytes.slice());
  for (let count = 1 + random.integer(2); count > 0; count--) pick(FIELD_MUTATIONS, random)!(model, random);
  return toBinary(ModelProtoSchema, model);
};

/** Reads a model as the importer does; says how far it came. */
function importModel(bytes: Uint8Array): string {
  try {
    const { graph } = decodeModel(bytes);
    const canonical = canonicalize(graph);
    verifyGraph(canonical);
    cutModel(canonical, inspectModel(canonical, graph), { height: 8, width: 8 });
    return 'cut';
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
}

it('the undamaged models are cut', () => {
  expect(SEEDS.map(importModel)).toEqual(['cut', 'cut']);
});

describe('what fuzzing found stays refused', () => {
  it('a zero point of another element type than the weights', () => {
    const graph = smallGraph({
      constants: { q: tensor('int8', [6], new Int8Array(6)), scale: float32([1], []), zero: int64([0], []) },
      lines: [
        ['w', 'DequantizeLinear', ['q', 'scale', 'zero']],
        ['map', 'Conv', ['x', 'w']],
      ],
    });
    expect(importModel(encodeModel(graph))).toBe('model-invalid');
  });
});

describe('a damaged model is read or refused, in time and memory', () => {
  it.each([
    ['flipped bits', flipBits, 1500, 4],
    ['truncated', truncate, 500, 1],
    ['spliced', splice, 500, 2],
    ['overwritten runs', overwrite, 1000, 4],
    ['changed fields', changeFields, 3000, 4],
  ] as const)('%s', (name, mutate, count, outcomeCount) => {
    const outcomes = new Map<string, number>();
    for (let seed = 0; seed < count; seed++) {
      const random = createRandom(seed).fork(name);
      const bytes = mutate(SEEDS[seed % SEEDS.length]!, random);
      const start = performance.now();
      const before = process.memoryUsage();
      let outcome: string;
      try {
        outcome = importModel(bytes);
      } catch (error) {
        throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
      }
      const after = process.memoryUsage();
      expect(performance.now() - start, `ms for seed ${seed}`).toBeLessThan(TIME_LIMIT_MS);
      const cost = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
      expect(cost, `bytes for seed ${seed}`).toBeLessThan(MEMORY_LIMIT_BYTES);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // A kind of damage that ends in fewer ways than it used to no longer reaches the code behind the reader.
    expect(outcomes.size, JSON.stringify([...outcomes])).toBeGreaterThanOrEqual(outcomeCount);
  });
});
