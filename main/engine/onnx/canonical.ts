/** Brings a graph of operator set 9..21 to the canonical operator set 18. */
import { contentOf, dequantized, widened, withWideAttributes } from './canonical-constants.ts';
import { CanonicalContext } from './canonical-context.ts';
import type { Rule } from './canonical-context.ts';
import { INPUT_RULES } from './canonical-inputs.ts';
import { MEANING_RULES } from './canonical-meaning.ts';
import { CANONICAL_OPSET } from './graph.ts';
import type { Graph, Node, ValueInfo } from './graph.ts';
import { isSupportedOp } from './ops.ts';
import { verifyGraph } from './verify.ts';

const RULES: ReadonlyMap<string, Rule> = new Map([...Object.entries(INPUT_RULES), ...Object.entries(MEANING_RULES)]);

/** Ops that are refused with advice of their own. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ...['QLinearConv', 'QLinearMatMul', 'ConvInteger', 'MatMulInteger', 'DynamicQuantizeLinear'].map(
    (op) => [op, 'computes with integers. Quantise the model in QDQ format, or export the float model.'] as const,
  ),
  ...['If', 'Loop', 'Scan'].map(
    (op) => [op, 'makes the computation depend on data. Export the model by tracing one image.'] as const,
  ),
  ...['LSTM', 'GRU', 'RNN'].map(
    (op) =>
      [op, 'belongs to models of sequences. Vislex explains image classifiers with a spatial feature map.'] as const,
  ),
  ...['NonMaxSuppression', 'RoiAlign', 'MaxRoiPool'].map(
    (op) => [op, 'belongs to object detectors. Vislex explains image classifiers.'] as const,
  ),
  ...['RandomNormal', 'RandomUniform', 'RandomNormalLike', 'RandomUniformLike', 'Multinomial', 'Bernoulli'].map(
    (op) => [op, 'draws random numbers, so that the model has no fixed answer. Export it in evaluation mode.'] as const,
  ),
]);

/**
 * The same function in operator set 18: Constant nodes and dequantised weights become initialisers, float16 becomes
 * float32, training-only behaviour goes. Names of values that stay are kept, so that a value found here can be read
 * from the untouched model. Quantise-dequantise pairs of activations stay, because they round.
 * @throws EngineError 'model-unsupported' naming the node and op whose meaning has no translation,
 *   'model-invalid' when the result breaks a rule of the format
 */
export function canonicalize(graph: Graph): Graph {
  const context = new CanonicalContext(
    { ...graph, inputs: graph.inputs.map(widenedInfo) },
    new Map([...graph.initializers].map(([name, value]) => [name, widened(value)])),
  );
  const isOutput = new Set(graph.outputs.map((output) => output.name));
  const nodes: Node[] = [];
  for (const source of graph.nodes) {
    const [output = ''] = source.outputs;
    if (source.op === 'Constant' && !isOutput.has(output)) {
      context.initializers.set(output, contentOf(source, context));
      continue;
    }
    const translated = translate(withWideAttributes(source), context);
    if (translated.length === 1 && translated[0]!.op === 'DequantizeLinear' && !isOutput.has(output)) {
      const constant = dequantized(translated[0]!, context);
      if (constant) {
        context.initializers.set(output, constant);
        continue;
      }
    }
    for (const node of translated) {
      if (!isSupportedOp(node.op)) throw context.refuse(node, ADVICE.get(node.op) ?? 'is not supported by Vislex.');
      context.learn(node);
      nodes.push(node);
    }
  }
  const used = new Set([...nodes.flatMap((node) => node.inputs), ...isOutput]);
  const result: Graph = {
    name: graph.name,
    opset: CANONICAL_OPSET,
    nodes,
    inputs: graph.inputs.map(widenedInfo),
    outputs: graph.outputs.map(widenedInfo),
    initializers: new Map([...context.initializers].filter(([name]) => used.has(name))),
  };
  verifyGraph(result);
  return result;
}

function translate(node: Node, context: CanonicalContext): readonly Node[] {
  return RULES.get(node.op)?.(node, context) ?? [node];
}

function widenedInfo(info: ValueInfo): ValueInfo {
  return info.dtype === 'float16' ? { ...info, dtype: 'float32' } : info;
}
