/** The gradient of one logit at the image: the whole base model, differentiated by ourselves. */
import { appendGradients } from '../../engine/autodiff/index.ts';
import { EngineError } from '../../engine/errors.ts';
import { logitOfClass } from '../../engine/explain/grad-cam.ts';
import { inputLength, inputShape } from '../../engine/image/preprocess.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { GraphBuilder } from '../../engine/onnx/index.ts';
import type { CutModel, Graph } from '../../engine/onnx/index.ts';
import type { GraphRunner } from '../../engine/runner.ts';
import { allocate, tensor, zeros } from '../../engine/tensor/tensor.ts';
import type { DType, Tensor } from '../../engine/tensor/tensor.ts';
import type { BaseModel } from './base-model.ts';
import { inModelLayout, inPlanes } from './perturbation-runner.ts';

/** A differentiated base model. */
export interface InputGradient {
  /** d logit of a class / d image, at images [n, channels, height, width] in planes; of the same shape. */
  at(images: Tensor<'float32'>, classIndex: number): Promise<Tensor<'float32'>>;
  dispose(): Promise<void>;
}

const UPSTREAM = 'inputGradient.upstream';
const GRADIENT = 'inputGradient';

/** The whole model with the gradient of its logits at its input, and what a caller must know. */
interface WholeGradient {
  readonly graph: Graph;
  readonly input: string;
  readonly dtype: DType;
  /** Shape of the logits, [batch, classes, ...]. */
  readonly logits: readonly number[];
}

/**
 * Opens the gradient of a base model at its input.
 * @throws EngineError 'gradient-forbidden' naming the node, or the input when it takes whole numbers
 */
export async function openInputGradient(
  base: Pick<BaseModel, 'cut' | 'batchSize'>,
  preprocessing: Preprocessing,
  runner: GraphRunner,
): Promise<InputGradient> {
  const { graph, input, dtype, logits } = emitInputGradient(base.cut);
  const session = await runner.open(graph);
  const { batchSize } = base;
  const length = inputLength(preprocessing);
  const classCount = logits.reduce((size, axis) => size * axis, 1) / batchSize;
  return {
    dispose: () => session.dispose(),
    async at(images, classIndex) {
      const { row, sign } = logitOfClass(classIndex, classCount);
      const gradients = new Float32Array(images.data.length);
      const upstream = zeros('float32', logits);
      for (let image = 0; image < batchSize; image++) upstream.data[image * classCount + row] = sign;
      for (let start = 0; start < images.shape[0]!; start += batchSize) {
        // Spare places of the last batch hold zeros; their gradients are thrown away.
        const data = new Float32Array(batchSize * length);
        data.set(inModelLayout(preprocessing, images.data.subarray(start * length, (start + batchSize) * length)));
        const given = tensor('float32', inputShape(preprocessing, batchSize), data);
        const outputs = await session.run({ [input]: asDType(given, dtype), [UPSTREAM]: upstream });
        const found = inPlanes(preprocessing, Float32Array.from(outputs[GRADIENT]!.data as Float32Array));
        gradients.set(found.subarray(0, Math.min(found.length, gradients.length - start * length)), start * length);
      }
      return tensor('float32', images.shape, gradients);
    },
  };
}

/** Puts the two halves of a cut model together again and differentiates the whole. */
function emitInputGradient({ featureGraph, headGraph, cutPoint }: CutModel): WholeGradient {
  const builder = new GraphBuilder({ name: GRADIENT, base: featureGraph });
  const { name: input, dtype } = featureGraph.inputs[0]!;
  if (!dtype.startsWith('float')) {
    throw new EngineError(
      'gradient-forbidden',
      `The model cannot be differentiated at its input "${input}": it takes ${dtype}, whole numbers.`,
      { tensor: input, expected: 'float32', found: dtype },
    );
  }
  const outputs = builder.inline(headGraph, { [headGraph.inputs[0]!.name]: cutPoint.tensor }, 'head/');
  const logits = outputs[headGraph.outputs[0]!.name]!;
  const upstream = builder.input(UPSTREAM, 'float32', builder.shapeOf(logits));
  try {
    builder.output(appendGradients(builder, logits, [input], { upstream }).get(input)!, GRADIENT);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'gradient-forbidden') throw error;
    const { node = '', op = '' } = error.details;
    const message = `The model cannot be differentiated at its input: node "${node}" (${op}) has no gradient.`;
    throw new EngineError('gradient-forbidden', message, error.details, { cause: error });
  }
  return { graph: builder.build(), input, dtype, logits: builder.shapeOf(logits) };
}

function asDType(values: Tensor<'float32'>, dtype: DType): Tensor {
  if (dtype === 'float32') return values;
  const data = allocate(dtype, values.data.length) as Float64Array;
  data.set(values.data);
  return tensor(dtype, values.shape, data as never);
}
