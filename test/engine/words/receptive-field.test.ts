/** Receptive fields against the published sizes of known layers. */
import { describe, expect, it } from 'vitest';
import { int, ints, text } from '../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import { add, concat, mul, slice, transpose } from '../../../main/engine/onnx/emit.ts';
import { createRandom } from '../../../main/engine/tensor/random.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import type { Graph } from '../../../main/engine/onnx/graph.ts';
import { receptiveBox, receptiveFieldOf } from '../../../main/engine/words/receptive-field.ts';
import { activationCrop } from '../../../main/engine/words/activation-crop.ts';
import { evaluateGraph } from '../../support/reference-runner.ts';

const SIDE = 24;

/** Builds image [1, 1, 24, 24] -> features; weights are positive, so that no influence cancels. */
function network(
  layers: (b: GraphBuilder, image: string) => string,
  shape: readonly number[] = [1, 1, SIDE, SIDE],
): Graph {
  const b = new GraphBuilder({ name: 'features' });
  b.output(layers(b, b.input('image', 'float32', shape)), 'features');
  return b.build();
}

function conv(b: GraphBuilder, x: string, kernel: number, stride: number, pad: number | 'same', dilation = 1): string {
  const inputs = b.shapeOf(x)[1]!;
  const weights = float32(new Float32Array(inputs * kernel * kernel).fill(0.5), [1, inputs, kernel, kernel]);
  const padding = pad === 'same' ? { auto_pad: text('SAME_UPPER') } : { pads: ints([pad, pad, pad, pad]) };
  return b.op('Conv', [x, b.constant(weights)], {
    strides: ints([stride, stride]),
    dilations: ints([dilation, dilation]),
    ...padding,
  });
}

/** The truth: which rows and which columns of pixels change a position when they are perturbed, one by one. */
function influence(graph: Graph, row: number, column: number) {
  const random = createRandom(1);
  const image = Float32Array.from({ length: SIDE * SIDE }, () => 1 + random.next());
  const valueOf = (pixels: Float32Array): number => {
    const features = evaluateGraph(graph, { image: float32(pixels, [1, 1, SIDE, SIDE]) })['features']!;
    return Number(features.data[row * features.shape[3]! + column]);
  };
  const before = valueOf(image);
  const lines = Array.from({ length: SIDE }, (_, line) => line);
  const matters = (isHit: (pixel: number) => boolean): boolean =>
    valueOf(image.map((value, pixel) => (isHit(pixel) ? value + 1000 : value))) !== before;
  const rows = lines.filter((line) => matters((pixel) => Math.floor(pixel / SIDE) === line));
  const columns = lines.filter((line) => matters((pixel) => pixel % SIDE === line));
  const [top, left] = [rows[0]!, columns[0]!];
  return { left, top, width: columns.at(-1)! - left + 1, height: rows.at(-1)! - top + 1 };
}

const NETWORKS: Record<string, (b: GraphBuilder, image: string) => string> = {
  'two strided convolutions and a pool': (b, x) =>
    b.op('MaxPool', [conv(b, conv(b, x, 3, 2, 1), 3, 2, 1)], { kernel_shape: ints([2, 2]), strides: ints([1, 1]) }),
  'SAME padding on an even size': (b, x) => conv(b, conv(b, x, 3, 2, 'same'), 5, 2, 'same'),
  'a dilated convolution': (b, x) => conv(b, conv(b, x, 3, 2, 1), 3, 2, 2, 2),
  'a residual branch': (b, x) => {
    const stem = conv(b, x, 3, 2, 1);
    return add(b, conv(b, conv(b, stem, 3, 2, 1), 3, 1, 1), conv(b, stem, 1, 2, 0));
  },
  'a strided slice as shortcut': (b, x) => {
    const stem = conv(b, x, 3, 1, 1);
    return concat(b, [conv(b, stem, 3, 2, 1), slice(b, stem, [0, 0], [SIDE, SIDE], [2, 3], [2, 2])], 1);
  },
};

describe('receptiveFieldOf', () => {
  it.each(Object.keys(NETWORKS))('boxes exactly the pixels that influence a position: %s', (name) => {
    const graph = network(NETWORKS[name]!);
    const field = receptiveFieldOf(graph);
    const places: [number, number][] = [
      [0, 0],
      [2, 3],
      [1, 4],
    ];
    for (const [row, column] of places) {
      expect(receptiveBox(field, row, column, SIDE, SIDE)).toEqual(influence(graph, row, column));
    }
    expect(field.hasGlobalContext).toBe(false);
  });

  it('gives ResNet stems their published size: 7x7 stride 2, then a 3x3 stride 2 pool, is 11 px at stride 4', () => {
    const graph = network((b, x) =>
      b.op('MaxPool', [conv(b, x, 7, 2, 3)], {
        kernel_shape: ints([3, 3]),
        strides: ints([2, 2]),
        pads: ints([1, 1, 1, 1]),
      }),
    );
    expect(receptiveFieldOf(graph).vertical).toEqual({ size: 11, stride: 4, offset: -5 });
  });

  it('follows a channel-last image through its transposition', () => {
    const graph = network((b, x) => conv(b, transpose(b, x, [0, 3, 1, 2]), 3, 2, 1), [1, SIDE, SIDE, 3]);
    expect(receptiveFieldOf(graph).horizontal).toEqual({ size: 3, stride: 2, offset: -1 });
  });

  it('reports a global branch (squeeze-and-excitation) beside the local field', () => {
    const graph = network((b, x) => {
      const local = conv(b, x, 3, 2, 1);
      return mul(b, local, b.op('Sigmoid', [b.op('GlobalAveragePool', [local])]));
    });
    expect(receptiveFieldOf(graph)).toMatchObject({
      hasGlobalContext: true,
      vertical: { size: 3, stride: 2, offset: -1 },
    });
  });

  it('refuses features that have lost their positions, by name', () => {
    const graph = network((b, x) => b.op('Flatten', [conv(b, x, 3, 2, 1)], { axis: int(1) }));
    expect(() => receptiveFieldOf(graph)).toThrow(expect.objectContaining({ code: 'cut-point' }) as Error);
  });
});

describe('activationCrop', () => {
  it('boxes the peak of a map where it lies in the image', () => {
    const map = new Float32Array(49);
    map[2 * 7 + 5] = 1;
    const box = activationCrop(map, 7, 7, 224, 224);
    // The position spans pixels 160..191 across and 64..95 down; 5 % of the pixels are a box of about 50 x 50 around it.
    expect(box.left + box.width / 2).toBeCloseTo(176, 0);
    expect(box.top + box.height / 2).toBeCloseTo(80, 0);
    expect(box.width).toBeGreaterThan(40);
    expect(box.width).toBeLessThan(64);
  });

  it('flips with the map', () => {
    const random = createRandom(3);
    const map = Float32Array.from({ length: 35 }, () => random.next());
    const mirrored = map.map((_, index) => map[index - (index % 7) + 6 - (index % 7)]!);
    const box = activationCrop(map, 5, 7, 100, 140);
    const other = activationCrop(mirrored, 5, 7, 100, 140);
    expect([other.top, other.width, other.height]).toEqual([box.top, box.width, box.height]);
    expect(other.left).toBe(140 - box.left - box.width);
  });
});
