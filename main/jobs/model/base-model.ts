/** The untouched base model on a device: a batch of input values -> logits and the features at the cut point. */
import { inputShape } from '../../engine/image/preprocess.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { cutModel, withExtraOutputs } from '../../engine/onnx/index.ts';
import type { CutModel } from '../../engine/onnx/index.ts';
import type { GraphRunner } from '../../engine/runner.ts';
import { allocate, tensor } from '../../engine/tensor/tensor.ts';
import type { DType, Tensor } from '../../engine/tensor/tensor.ts';
import type { ReadModel } from './read-model.ts';

/** Images per run for models that take any number: larger batches gain nothing, smaller ones cost (measured on CPU). */
const BATCH_SIZE = 8;

/** What the base model computed for some images. */
export interface BaseOutput {
  /** [n, channels, height, width] */
  readonly features: Tensor<'float32'>;
  /** [n, classes] */
  readonly logits: Tensor<'float32'>;
}

/** An open base model. */
export interface BaseModel {
  readonly cut: CutModel;
  /** Images per run: `run` takes data of this many. */
  readonly batchSize: number;
  /**
   * @param data input values of `batchSize` images in the settings' layout
   * @param count how many of them are meant, 1..batchSize; only theirs are returned
   */
  run(data: Float32Array, count: number): Promise<BaseOutput>;
  /** Frees the session. Idempotent. */
  dispose(): Promise<void>;
}

/** How to open. */
export interface BaseModelOptions {
  readonly model: ReadModel;
  readonly preprocessing: Preprocessing;
  readonly runner: GraphRunner;
  /** Name of the tensor at the cut point. Default: the last spatial map. */
  readonly cut?: string | undefined;
}

/**
 * Opens the model's own bytes, with the cut point and the logits as additional outputs and nothing else changed.
 * @throws EngineError 'cut-point', 'model-unsupported', 'configuration', 'provider-failed'
 */
export async function openBaseModel(options: BaseModelOptions): Promise<BaseModel> {
  const { model, preprocessing, runner } = options;
  const { input, output } = model.inspection;
  const batchSize = input.batch ?? BATCH_SIZE;
  const { width, height } = preprocessing;
  const cut = cutModel(model.graph, model.inspection, {
    ...(options.cut === undefined ? {} : { tensor: options.cut }),
    batch: batchSize,
    width,
    height,
  });
  const { cutPoint } = cut;
  const wanted = [cutPoint.tensor, output.logits];
  const session = await runner.openModel(withExtraOutputs(model.bytes, wanted));
  return {
    cut,
    batchSize,
    dispose: () => session.dispose(),
    async run(data, count) {
      // A model of a fixed number of images gets them all, the spare ones with whatever the memory holds.
      const given = input.batch ?? count;
      const shape = inputShape(preprocessing, given);
      const values = tensor('float32', shape, data.subarray(0, (data.length / batchSize) * given));
      const outputs = await session.run({ [input.name]: withDType(values, input.dtype) }, wanted);
      const { channels, height: rows, width: columns } = cutPoint;
      return {
        features: firstRows(outputs[cutPoint.tensor]!, [count, channels, rows, columns]),
        logits: firstRows(outputs[output.logits]!, [count, output.classCount]),
      };
    },
  };
}

/** Input values as the element type the model asks for; uint8 models take whole numbers 0..255. */
function withDType(values: Tensor<'float32'>, dtype: DType): Tensor {
  if (dtype === 'float32') return values;
  const data = allocate(dtype, values.data.length) as Float64Array;
  data.set(dtype === 'uint8' ? values.data.map(Math.round) : values.data);
  return tensor(dtype, values.shape, data as never);
}

/** The images that are meant, as float32 of a given shape (logits may come as [n, classes, 1, 1]). */
function firstRows(value: Tensor, shape: readonly number[]): Tensor<'float32'> {
  const length = shape.reduce((size, axis) => size * axis, 1);
  const data = value.data.subarray(0, length);
  return tensor('float32', shape, data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>));
}
