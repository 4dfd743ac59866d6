/** The text of a graph: stable, complete, one line per value. */
import { describe, expect, it } from 'vitest';
import { floats, int, text } from '../../../main/engine/onnx/attributes.ts';
import { GraphBuilder } from '../../../main/engine/onnx/build.ts';
import type { Graph } from '../../../main/engine/onnx/graph.ts';
import { printGraph } from '../../../main/engine/onnx/print.ts';
import { float32, int64 } from '../../../main/engine/tensor/tensor.ts';

function example(last = 8): Graph {
  const b = new GraphBuilder({ name: 'example' });
  const x = b.input('x', 'float32', [2, 9]);
  const scaled = b.op('Mul', [x, b.constant(float32([0.1, 1, 2, 3, 4, 5, 6, 7, last]), 'weights')], {}, 'scaled');
  const limited = b.op('Clip', [scaled, '', b.constant(float32([6], []), 'limit')], {}, 'limited');
  b.output(b.op('Concat', [limited, x], { axis: int(1) }, 'joined'), 'y');
  return b.build();
}

describe('printGraph', () => {
  it('writes inputs, constants, nodes and outputs', () => {
    expect(printGraph(example())).toMatch(
      new RegExp(
        [
          '^graph example \\(opset 18\\)',
          'input %x: float32\\[2,9\\]',
          'constant %weights: float32\\[9\\] = #[0-9a-f]{8}',
          'constant %limit: float32\\[\\] = \\{6\\}',
          '%scaled: float32\\[2,9\\] = Mul\\(%x, %weights\\)',
          '%limited: float32\\[2,9\\] = Clip\\(%scaled, _, %limit\\)',
          '%y: float32\\[2,18\\] = Concat\\(%limited, %x\\) \\{axis=1\\}',
          'output %y: float32\\[2,18\\]\n$',
        ].join('\n'),
      ),
    );
  });

  it('is the same for the same graph and differs when one weight does', () => {
    expect(printGraph(example())).toBe(printGraph(example()));
    expect(printGraph(example())).not.toBe(printGraph(example(8.5)));
  });

  it('writes symbolic axes without inner shapes, sorted attributes, and float32 numbers shortly', () => {
    const graph: Graph = {
      name: 'open',
      opset: 18,
      nodes: [
        {
          name: 'n',
          op: 'Odd',
          domain: 'org.example',
          inputs: ['x'],
          outputs: ['', 'y'],
          attributes: { mode: text('a "b"'), list: floats([Math.fround(0.1), 1e-5, -0]), axis: int(-1) },
        },
      ],
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: undefined }],
      initializers: new Map([['k', int64([2 ** 40])]]),
    };
    expect(printGraph(graph).split('\n')).toEqual([
      'graph open (opset 18)',
      'input %x: float32[batch,3]',
      'constant %k: int64[1] = {1099511627776}',
      '_, %y = org.example.Odd(%x) {axis=-1, list=[0.1,0.00001,-0], mode="a \\"b\\""}',
      'output %y: float32[?]',
      '',
    ]);
  });
});
