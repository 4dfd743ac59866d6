/** The verifier finds each planted fault and names it; sound graphs pass. */
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../main/engine/errors.ts';
import { float, int, text } from '../../../main/engine/onnx/attributes.ts';
import type { Graph, Node } from '../../../main/engine/onnx/graph.ts';
import { findFaults, verifyGraph } from '../../../main/engine/onnx/verify.ts';
import type { Tensor } from '../../../main/engine/tensor/tensor.ts';
import { float32, int64 } from '../../../main/engine/tensor/tensor.ts';

function node(op: string, inputs: string[], outputs: string[], attributes: Node['attributes'] = {}): Node {
  return { name: `${op.toLowerCase()}_node`, op, domain: '', inputs, outputs, attributes };
}

/** y = softmax(x w + b), x [2, 3], w [3, 4], b [4]. */
const SOUND: Graph = {
  name: 'sound',
  opset: 18,
  nodes: [
    node('Gemm', ['x', 'w', 'b'], ['scores'], { alpha: float(1) }),
    node('Softmax', ['scores'], ['y'], { axis: int(-1) }),
  ],
  inputs: [{ name: 'x', dtype: 'float32', shape: [2, 3] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: [2, 4] }],
  initializers: new Map<string, Tensor>([
    ['w', float32(new Array<number>(12).fill(1), [3, 4])],
    ['b', float32([0, 0, 0, 0])],
  ]),
};

function withNodes(...nodes: Node[]): Graph {
  return { ...SOUND, nodes };
}

function withInitializer(name: string, value: Tensor): Graph {
  return { ...SOUND, initializers: new Map([...SOUND.initializers, [name, value]]) };
}

const [gemm, softmax] = SOUND.nodes as [Node, Node];

/** What is wrong, the graph, what the message must name. */
const PLANTED: readonly (readonly [string, Graph, RegExp])[] = [
  ['an input that nothing defines', withNodes({ ...gemm, inputs: ['x', 'lost', 'b'] }, softmax), /Gemm node "gemm_node" reads "lost"/],
  ['a node before its producer', withNodes(softmax, gemm), /"softmax_node" reads "scores", which nothing before it defines/],
  ['a value defined twice', withNodes(gemm, softmax, node('Relu', ['x'], ['scores'])), /"relu_node" defines "scores", which is defined already/],
  ['a node that overwrites a constant', withNodes(gemm, softmax, node('Relu', ['x'], ['w'])), /defines "w"/],
  ['two nodes of one name', withNodes(gemm, softmax, { ...node('Relu', ['x'], ['z']), name: 'gemm_node' }), /Two nodes have the name "gemm_node"/],
  ['a name that is input and constant', withInitializer('x', float32([1])), /"x" is given to an input and a constant/],
  ['two inputs of one name', { ...SOUND, inputs: [...SOUND.inputs, ...SOUND.inputs] }, /"x" is given to two inputs/],
  ['an output nothing produces', { ...SOUND, outputs: [{ name: 'z', dtype: 'float32', shape: [1] }] }, /Output "z" is not produced/],
  ['no outputs', { ...SOUND, outputs: [] }, /no outputs/],
  ['an output listed twice', { ...SOUND, outputs: [...SOUND.outputs, ...SOUND.outputs] }, /"y" is listed twice/],
  ['too many inputs', withNodes(gemm, { ...softmax, inputs: ['scores', 'b'] }), /"softmax_node" needs at most 1 inputs, but found 2/],
  ['too few inputs', withNodes({ ...gemm, inputs: ['x'] }, softmax), /"gemm_node" needs at least 2 inputs, but found 1/],
  ['an omitted required input', withNodes({ ...gemm, inputs: ['x', '', 'b'] }, softmax), /"gemm_node" needs input 1, but found none/],
  ['too many outputs', withNodes(gemm, { ...softmax, outputs: ['y', 'more'] }), /at most 1 outputs, but found 2/],
  ['an unknown attribute', withNodes(gemm, { ...softmax, attributes: { axes: int(1) } }), /attributes among: axis, but found "axes"/],
  ['an attribute of another type', withNodes(gemm, { ...softmax, attributes: { axis: float(1) } }), /attribute "axis" of type int, but found float/],
  ['a fraction as integer', withNodes(gemm, { ...softmax, attributes: { axis: int(0.5) } }), /attribute "axis" with whole numbers, but found 0.5/],
  ['a missing attribute', withNodes(gemm, softmax, node('Concat', ['x', 'x'], ['z'])), /"concat_node" needs attribute "axis", but found none/],
  ['an unknown word', withNodes(gemm, softmax, node('Pad', ['x', 'i'], ['z'], { mode: text('mirror') })), /"mirror"/],
  ['an axis outside the rank', withNodes(gemm, { ...softmax, attributes: { axis: int(2) } }), /an axis in -2..1, but found 2/],
  ['mixed element types', withNodes(gemm, softmax, node('Add', ['x', 'i'], ['z'])), /input 1 \("i"\) of type float32, as the inputs before it, but found int64/],
  ['an element type the op refuses', withNodes(gemm, softmax, node('Sigmoid', ['i'], ['z'])), /"sigmoid_node" needs input 0 \("i"\) of type .*, but found int64/],
  ['shapes that do not fit', withInitializer('w', float32([1, 1, 1, 1], [1, 4])), /"gemm_node" needs equal inner axes, but found \[2, 3\] and \[1, 4\]/],
  ['a constant too short for its shape', withInitializer('w', { dtype: 'float32', shape: [3, 4], data: new Float32Array(5) }), /"w" needs 12 elements for \[3, 4\], but has 5/],
  ['a wrongly declared output shape', { ...SOUND, outputs: [{ name: 'y', dtype: 'float32', shape: [2, 5] }] }, /"y" is declared \[2, 5\], but is \[2, 4\]/],
  ['a wrongly declared output type', { ...SOUND, outputs: [{ name: 'y', dtype: 'int64', shape: [2, 4] }] }, /"y" is declared int64, but is float32/],
  ['an op newer than the graph', withNodes(gemm, softmax, node('Gelu', ['x'], ['z'])), /Gelu node "gelu_node" needs opset 20/],
]; // prettier-ignore

describe('a planted fault', () => {
  it.each(PLANTED)('is named: %s', (_, graph, message) => {
    const seen: Graph = { ...graph, initializers: new Map([...graph.initializers, ['i', int64([0, 0])]]) };
    expect(() => verifyGraph(seen)).toThrow(message);
    expect(() => verifyGraph(seen)).toThrow(expect.objectContaining({ code: 'model-invalid' }));
  });

  it('of an unknown operation is told as unsupported', () => {
    const graph = withNodes(gemm, softmax, node('NonMaxSuppression', ['x'], ['z']));
    expect(() => verifyGraph(graph)).toThrow(expect.objectContaining({ code: 'model-unsupported' }));
    expect(() => verifyGraph(graph)).toThrow(/Operation "NonMaxSuppression" \(node "nonmaxsuppression_node"\)/);
  });

  it('of a foreign domain is told with the domain', () => {
    const graph = withNodes(gemm, softmax, { ...node('FusedConv', ['x'], ['z']), domain: 'com.microsoft' });
    expect(() => verifyGraph(graph)).toThrow(/"com\.microsoft\.FusedConv"/);
  });

  it('named like a property of every object is still unknown', () => {
    expect(() => verifyGraph(withNodes(gemm, softmax, node('constructor', ['x'], ['z'])))).toThrow(/"constructor"/);
    const odd = {
      ...softmax,
      attributes: JSON.parse('{"__proto__": {"type": "int", "value": 1}}') as Node['attributes'],
    };
    expect(() => verifyGraph(withNodes(gemm, odd))).toThrow(/"__proto__"/);
  });
});

describe('a sound graph', () => {
  it('has no faults', () => {
    expect(findFaults(SOUND)).toEqual([]);
  });

  it('may have a symbolic batch, which is checked at the sizes given', () => {
    const symbolic: Graph = {
      ...SOUND,
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 4] }],
    };
    expect(findFaults(symbolic)).toEqual([]);
    expect(findFaults(symbolic, { fixed: { batch: 5 } })).toEqual([]);
    const wrong = { ...symbolic, outputs: [{ name: 'y', dtype: 'float32' as const, shape: ['batch', 3] }] };
    expect(findFaults(wrong, { fixed: { batch: 5 } }).map(({ message }) => message)).toEqual([
      'Output "y" is declared [5, 3], but is [5, 4].',
    ]);
  });
});

describe('several faults', () => {
  it('are all listed, in reading order', () => {
    const graph: Graph = {
      ...withNodes({ ...gemm, inputs: ['x', 'lost', 'b'] }, { ...softmax, attributes: { axes: int(1) } }),
      outputs: [{ name: 'z', dtype: 'float32', shape: [1] }],
    };
    const faults = findFaults(graph);
    expect(faults.every((fault) => fault instanceof EngineError)).toBe(true);
    expect(faults.map(({ details }) => details.node ?? details.tensor)).toEqual(['gemm_node', 'softmax_node', 'z']);
  });
});
