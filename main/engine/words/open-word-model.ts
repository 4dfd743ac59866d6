/** Runs a word model on features through a GraphRunner. */
import { InvariantError } from '../errors.ts';
import { GraphBuilder } from '../onnx/build.ts';
import type { GraphRunner, Session } from '../runner.ts';
import { sizeOf } from '../tensor/shape.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { constantWordModel, emitActivationMaps, emitChannelFirst, emitWordModel } from './emit-word-model.ts';
import { sizeOfWordModel } from './word-model.ts';
import type { WordModel } from './word-model.ts';

/** What one forward pass can give. */
export interface WordModelOutputs {
  /** Features in word space, [n, D, height, width]. */
  readonly z: Tensor<'float32'>;
  /** [n, words, height, width] */
  readonly activationMaps: Tensor<'float32'>;
  /** [n, words] */
  readonly scores: Tensor<'float32'>;
  /** [n, classes] */
  readonly logits: Tensor<'float32'>;
  /** `z` channel-last, [n * height * width, D]. */
  readonly positions: Tensor<'float32'>;
}

/** Name of an output. */
export type WordModelOutput = keyof WordModelOutputs;

/** A word model made ready on a device. */
export interface OpenWordModel<Wanted extends WordModelOutput> {
  /**
   * One forward pass.
   * @param features [n, channels, height, width] with 1 <= n <= batch; fewer images are padded and cut off again
   */
  forward(features: Tensor<'float32'>): Promise<Pick<WordModelOutputs, Wanted>>;
  /** Frees the device memory. Idempotent. */
  dispose(): Promise<void>;
}

/** Largest batch and size of the feature map. */
export interface FeatureShape {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** What callers get when they do not choose. */
const USUAL = ['z', 'activationMaps', 'scores', 'logits'] as const;

/** Opens a word model with its parameters as constants. @param wanted outputs to compute, default all but `positions` */
export async function openWordModel(
  runner: GraphRunner,
  model: WordModel,
  shape: FeatureShape,
): Promise<OpenWordModel<(typeof USUAL)[number]>>;
export async function openWordModel<const Wanted extends WordModelOutput>(
  runner: GraphRunner,
  model: WordModel,
  shape: FeatureShape,
  wanted: readonly Wanted[],
): Promise<OpenWordModel<Wanted>>;
export async function openWordModel(
  runner: GraphRunner,
  model: WordModel,
  shape: FeatureShape,
  wanted: readonly WordModelOutput[] = USUAL,
): Promise<OpenWordModel<WordModelOutput>> {
  const { channels } = sizeOfWordModel(model);
  if (channels !== shape.channels) {
    throw new InvariantError(`the word model reads ${channels} channels, the features have ${shape.channels}`);
  }
  const session = await runner.open(wordModelGraph(model, shape, wanted));
  return { forward: (features) => forward(session, features, shape), dispose: () => session.dispose() };
}

function wordModelGraph(
  model: WordModel,
  { batch, channels, height, width }: FeatureShape,
  wanted: readonly WordModelOutput[],
) {
  const b = new GraphBuilder({ name: 'wordModel' });
  const features = b.input('features', 'float32', [batch, channels, height, width]);
  const emitted = emitWordModel(b, features, constantWordModel(b, model));
  const outputs: Record<WordModelOutput, () => string> = {
    z: () => emitChannelFirst(b, emitted.positions, batch, height, width),
    activationMaps: () => emitActivationMaps(b, emitted.closeness, model.similarity, height, width),
    scores: () => emitted.scores,
    logits: () => emitted.logits,
    positions: () => emitted.positions,
  };
  for (const name of wanted) b.output(outputs[name](), name);
  return b.build();
}

async function forward(session: Session, features: Tensor<'float32'>, shape: FeatureShape): Promise<WordModelOutputs> {
  const { batch, channels, height, width } = shape;
  const count = features.shape[0]!;
  const perImage = channels * height * width;
  if (count < 1 || count > batch || features.data.length !== count * perImage) {
    throw new InvariantError(`features [${features.shape.join(', ')}] do not fit batches of ${batch}`);
  }
  let data = features.data;
  if (count < batch) {
    data = new Float32Array(batch * perImage);
    data.set(features.data);
  }
  const result = await session.run({ features: float32(data, [batch, channels, height, width]) });
  const cut = Object.entries(result).map(([name, value]) => [
    name,
    firstImages(value as Tensor<'float32'>, count, batch),
  ]);
  return Object.fromEntries(cut) as unknown as WordModelOutputs;
}

/** The rows that belong to the first `count` of `batch` images. */
function firstImages(value: Tensor<'float32'>, count: number, batch: number): Tensor<'float32'> {
  if (count === batch) return value;
  const shape = [(value.shape[0]! / batch) * count, ...value.shape.slice(1)];
  return float32(value.data.slice(0, sizeOf(shape)), shape);
}
