/** Streaming mean and covariance of all positions of feature maps; the products run on the runner. */
import { InvariantError } from '../errors.ts';
import { GraphBuilder } from '../onnx/build.ts';
import { matmul, reduceSum, reshape, transpose } from '../onnx/emit.ts';
import type { GraphRunner, Session } from '../runner.ts';
import { float32 } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** First and second moments of vectors. */
export interface Moments {
  /** Number of vectors. */
  readonly count: number;
  /** [dimension] */
  readonly mean: Float64Array;
  /** Divided by `count` (population form), [dimension, dimension] row by row. */
  readonly covariance: Float64Array;
}

/**
 * Collects moments batch by batch. Sums within a batch are float32, across batches double, so the precision does
 * not fall with the number of batches. Memory: 12 bytes per entry of the covariance, whatever the number of images.
 */
export class MomentAccumulator {
  readonly #session: Session;
  readonly #batch: number;
  readonly #channels: number;
  readonly #positions: number;
  readonly #sum: Float64Array;
  readonly #gram: Float64Array;
  #count = 0;

  private constructor(session: Session, batch: number, channels: number, positions: number) {
    this.#session = session;
    this.#batch = batch;
    this.#channels = channels;
    this.#positions = positions;
    this.#sum = new Float64Array(channels);
    this.#gram = new Float64Array(channels * channels);
  }

  /** Opens the graph for batches of at most `batch` maps of [channels, positions]. */
  static async open(
    runner: GraphRunner,
    batch: number,
    channels: number,
    positions: number,
  ): Promise<MomentAccumulator> {
    const builder = new GraphBuilder({ name: 'moments' });
    const features = builder.input('features', 'float32', [batch, channels, positions]);
    const byChannel = transpose(builder, features, [1, 0, 2]);
    const rows = reshape(builder, byChannel, [channels, batch * positions]);
    builder.output(matmul(builder, rows, transpose(builder, rows, [1, 0])), 'gram');
    builder.output(reduceSum(builder, rows, [1]), 'sum');
    return new MomentAccumulator(await runner.open(builder.build()), batch, channels, positions);
  }

  /** Adds the positions of features [n, channels, height, width], n at most the batch size. */
  async add(features: Tensor<'float32'>): Promise<void> {
    const images = features.shape[0]!;
    const perBatch = this.#batch * this.#channels * this.#positions;
    if (images > this.#batch || features.data.length !== images * this.#channels * this.#positions) {
      throw new InvariantError(`moments: features [${features.shape.join(', ')}] do not fit the batch`);
    }
    let data = features.data;
    if (data.length < perBatch) {
      // Zeros add nothing to either sum.
      data = new Float32Array(perBatch);
      data.set(features.data);
    }
    const result = await this.#session.run({ features: float32(data, [this.#batch, this.#channels, this.#positions]) });
    addInto(this.#gram, result['gram']!.data as Float32Array);
    addInto(this.#sum, result['sum']!.data as Float32Array);
    this.#count += images * this.#positions;
  }

  /** The moments of everything added. @throws InvariantError when nothing was */
  moments(): Moments {
    if (this.#count === 0) throw new InvariantError('moments of no vectors');
    const size = this.#channels;
    const mean = this.#sum.map((value) => value / this.#count);
    const covariance = new Float64Array(size * size);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const at = row * size + column;
        covariance[at] = this.#gram[at]! / this.#count - mean[row]! * mean[column]!;
      }
    }
    return { count: this.#count, mean, covariance };
  }

  /** Frees the session. */
  async dispose(): Promise<void> {
    await this.#session.dispose();
  }
}

function addInto(total: Float64Array, values: Float32Array): void {
  for (let index = 0; index < total.length; index++) total[index]! += values[index]!;
}
