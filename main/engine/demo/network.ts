/** The demo's base model: a small convolutional network, as a training step of our own and as a plain ONNX file. */
import { appendGradients } from '../autodiff/index.ts';
import { CANONICAL_OPSET, encodeModel, gemm, GraphBuilder, int, ints, relu } from '../onnx/index.ts';
import type { Graph } from '../onnx/index.ts';
import type { Random } from '../tensor/random.ts';
import { sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { float32 } from '../tensor/tensor.ts';
import { emitAdam } from '../training/adam.ts';
import { crossEntropy } from '../training/losses.ts';

/** Sizes of the network: 3 x 3 convolutions with relu, then the mean over positions, then one linear layer. */
export interface NetworkPlan {
  /** Width and height of the image in px. */
  readonly sizePx: number;
  readonly classCount: number;
  /** From the image upwards. */
  readonly layers: readonly { readonly channels: number; readonly stride: 1 | 2 }[];
}

/** Parameters by name: `convolution<i>.weights`, `convolution<i>.bias`, `classifier.weights`, `classifier.bias`. */
export type NetworkParameters = Readonly<Record<string, Tensor<'float32'>>>;

/** Name of the image input, [batch, 3, sizePx, sizePx]. */
export const IMAGE_INPUT = 'image';

/** Name of the output, [batch, classes]. */
export const LOGITS_OUTPUT = 'logits';

/** A step graph's other inputs and its loss. */
export const STEP_NAMES = { targets: 'targets', rate: 'rate', epsilon: 'epsilon', loss: 'loss' } as const;

/** Names of a parameter's Adam moments; `next` of any name is the updated value. */
export const STATE_NAMES = {
  firstMoment: (parameter: string): string => `${parameter}.firstMoment`,
  secondMoment: (parameter: string): string => `${parameter}.secondMoment`,
  next: (name: string): string => `${name}.next`,
} as const;

const KERNEL_PX = 3;
const IMAGE_CHANNELS = 3;

/** Random weights of variance 2 / fan-in (He et al. 2015, equation 10), zero biases. */
export function startNetwork(plan: NetworkPlan, random: Random): NetworkParameters {
  return Object.fromEntries(
    parameterShapes(plan).map(([name, shape]) => {
      if (shape.length === 1) return [name, float32(new Float32Array(shape[0]!), shape)];
      const deviation = Math.sqrt(2 / sizeOf(shape.slice(1)));
      const values = Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal());
      return [name, float32(values, shape)];
    }),
  );
}

/**
 * One step of Adam on the cross-entropy, as one static graph.
 * Inputs: `image` [batch, 3, sizePx, sizePx], `targets` [batch, classes], `rate` and `epsilon` as scalars
 * (`adamScalars`), every parameter and its two moments. Outputs: `loss`, and `<name>.next` of each parameter and moment.
 */
export function networkStepGraph(plan: NetworkPlan, batch: number): Graph {
  const b = new GraphBuilder({ name: 'demoTrainStep' });
  const image = b.input(IMAGE_INPUT, 'float32', [batch, IMAGE_CHANNELS, plan.sizePx, plan.sizePx]);
  const targets = b.input(STEP_NAMES.targets, 'float32', [batch, plan.classCount]);
  const rate = b.input(STEP_NAMES.rate, 'float32', []);
  const epsilon = b.input(STEP_NAMES.epsilon, 'float32', []);
  const shapes = parameterShapes(plan);
  const names = shapes.map(([name, shape]) => b.input(name, 'float32', shape));
  const loss = crossEntropy(b, emitNetwork(b, image, plan), targets);
  b.output(loss, STEP_NAMES.loss);
  const gradients = appendGradients(b, loss, names);
  for (const [parameter, shape] of shapes) {
    const first = STATE_NAMES.firstMoment(parameter);
    const second = STATE_NAMES.secondMoment(parameter);
    const update = emitAdam(
      b,
      {
        parameter,
        gradient: gradients.get(parameter)!,
        firstMoment: b.input(first, 'float32', shape),
        secondMoment: b.input(second, 'float32', shape),
        rate,
        epsilon,
      },
      0,
    );
    b.output(update.parameter, STATE_NAMES.next(parameter));
    b.output(update.firstMoment, STATE_NAMES.next(first));
    b.output(update.secondMoment, STATE_NAMES.next(second));
  }
  return b.build();
}

/** The trained network: input `image`, output `logits`, weights inside, any batch size. */
export function inferenceGraph(plan: NetworkPlan, parameters: NetworkParameters): Graph {
  // Taken over as initialisers, the parameters keep the names a reader of the file will look for.
  const base: Graph = {
    name: 'demo',
    opset: CANONICAL_OPSET,
    nodes: [],
    inputs: [{ name: IMAGE_INPUT, dtype: 'float32', shape: [1, IMAGE_CHANNELS, plan.sizePx, plan.sizePx] }],
    outputs: [],
    initializers: new Map(Object.entries(parameters)),
  };
  const b = new GraphBuilder({ base });
  b.output(emitNetwork(b, IMAGE_INPUT, plan), LOGITS_OUTPUT);
  const graph = b.build();
  const free = (values: Graph['inputs']): Graph['inputs'] =>
    values.map((value) => ({ ...value, shape: ['batch', ...value.shape!.slice(1)] }));
  return { ...graph, inputs: free(graph.inputs), outputs: free(graph.outputs) };
}

/** The bytes of {@link inferenceGraph} as an ONNX file. */
export function encodeNetwork(
  plan: NetworkPlan,
  parameters: NetworkParameters,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  return encodeModel(inferenceGraph(plan, parameters), { metadata });
}

/** Names and shapes; weights are [out, in, 3, 3] and [classes, channels]. */
export function parameterShapes(plan: NetworkPlan): readonly (readonly [string, readonly number[]])[] {
  const shapes: [string, readonly number[]][] = [];
  let channels = IMAGE_CHANNELS;
  plan.layers.forEach((layer, index) => {
    shapes.push([`convolution${index}.weights`, [layer.channels, channels, KERNEL_PX, KERNEL_PX]]);
    shapes.push([`convolution${index}.bias`, [layer.channels]]);
    channels = layer.channels;
  });
  shapes.push(['classifier.weights', [plan.classCount, channels]], ['classifier.bias', [plan.classCount]]);
  return shapes;
}

/** Emits the forward pass over parameters that the builder has by name; returns the logits. */
function emitNetwork(b: GraphBuilder, image: string, plan: NetworkPlan): string {
  let value = image;
  plan.layers.forEach(({ stride }, index) => {
    const inputs = [value, `convolution${index}.weights`, `convolution${index}.bias`];
    const attributes = {
      kernel_shape: ints([KERNEL_PX, KERNEL_PX]),
      pads: ints([1, 1, 1, 1]),
      strides: ints([stride, stride]),
    };
    value = relu(b, b.op('Conv', inputs, attributes), `features${index}`);
  });
  const means = b.op('Flatten', [b.op('GlobalAveragePool', [value])], { axis: int(1) });
  return gemm(b, means, 'classifier.weights', { transB: true, bias: 'classifier.bias' });
}
