/** One op with given input shapes and attributes, and a graph that holds many such cases. */
import type { Attribute, Graph } from '../../main/engine/onnx/graph.ts';
import { GraphBuilder } from '../../main/engine/onnx/build.ts';
import type { DType, Tensor } from '../../main/engine/tensor/tensor.ts';

/** An input: its shape (float32), its type and shape, its content, or undefined when omitted. */
export type CaseInput = readonly number[] | readonly [dtype: DType, shape: readonly number[]] | Tensor | undefined;

/** One op under test. */
export interface ShapeCase {
  readonly op: string;
  /** What is special about it. */
  readonly about: string;
  readonly inputs: readonly CaseInput[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Default 1. */
  readonly outputCount?: number;
}

function addInput(builder: GraphBuilder, input: CaseInput, name: string): string {
  if (input === undefined) return '';
  if ('dtype' in input) return builder.constant(input, name);
  const [first] = input;
  if (typeof first === 'string') return builder.input(name, first, input[1] as readonly number[]);
  return builder.input(name, 'float32', input as readonly number[]);
}

/** All cases side by side in one graph, and the output names of each. */
export function buildCases(cases: readonly ShapeCase[]): { graph: Graph; outputs: string[][] } {
  const builder = new GraphBuilder({ name: 'cases' });
  const outputs = cases.map(({ op, inputs, attributes = {}, outputCount = 1 }, index) => {
    const names = inputs.map((input, position) => addInput(builder, input, `case${index}_input${position}`));
    const made = builder.ops(op, names, attributes, outputCount, `case${index}_output`);
    for (const name of made) builder.output(name);
    return made;
  });
  return { graph: builder.build(), outputs };
}
