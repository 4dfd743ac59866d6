/** The word model written down plainly from method.md, and features held in memory: truth for tests, not for speed. */
import type { WordForward } from '../../main/engine/metrics/outcome.ts';
import { tensor } from '../../main/engine/tensor/tensor.ts';
import type { Tensor } from '../../main/engine/tensor/tensor.ts';
import type { FeatureBatch, FeatureSource } from '../../main/engine/training/feature-source.ts';
import type { AddOnLayer, Similarity, WordModel } from '../../main/engine/words/word-model.ts';

/** Runs a word model position by position in float64. */
export function plainForward(model: WordModel): WordForward {
  return (features) => {
    const [count, channels, height, width] = features.shape as [number, number, number, number];
    const [wordCount, dimension] = model.words.shape as [number, number];
    const positions = height * width;
    const maps = new Float32Array(count * wordCount * positions);
    for (let image = 0; image < count; image++) {
      for (let position = 0; position < positions; position++) {
        const values = Array.from(
          { length: channels },
          (_, channel) => features.data[(image * channels + channel) * positions + position]!,
        );
        const z = model.addOn.reduce(applyLayer, values);
        for (let word = 0; word < wordCount; word++) {
          const vector = Array.from(model.words.data.subarray(word * dimension, (word + 1) * dimension));
          maps[(image * wordCount + word) * positions + position] = similarityOf(model.similarity, z, vector);
        }
      }
    }
    const scores = Float32Array.from({ length: count * wordCount }, (_, index) => {
      const map = maps.subarray(index * positions, (index + 1) * positions);
      return model.pooling === 'max' ? Math.max(...map) : map.reduce((sum, value) => sum + value, 0) / positions;
    });
    const classCount = model.lastLayer.shape[0]!;
    const logits = Float32Array.from({ length: count * classCount }, (_, index) => {
      const image = Math.floor(index / classCount);
      const row = index % classCount;
      let sum = model.bias.data[row]!;
      for (let word = 0; word < wordCount; word++) {
        sum += model.lastLayer.data[row * wordCount + word]! * scores[image * wordCount + word]!;
      }
      return sum;
    });
    return Promise.resolve({
      maps: tensor('float32', [count, wordCount, height, width], maps),
      scores: tensor('float32', [count, wordCount], scores),
      logits: tensor('float32', [count, classCount], logits),
    });
  };
}

function applyLayer(input: readonly number[], layer: AddOnLayer): number[] {
  const [outputs, inputs] = layer.weights.shape as [number, number];
  return Array.from({ length: outputs }, (_, row) => {
    let sum = layer.bias.data[row]!;
    for (let column = 0; column < inputs; column++) sum += layer.weights.data[row * inputs + column]! * input[column]!;
    if (layer.activation === 'relu') return Math.max(0, sum);
    return layer.activation === 'sigmoid' ? 1 / (1 + Math.exp(-sum)) : sum;
  });
}

function similarityOf(similarity: Similarity, z: readonly number[], word: readonly number[]): number {
  const distance = z.reduce((sum, value, index) => sum + (value - word[index]!) ** 2, 0);
  if (similarity.kind === 'log') return Math.log((distance + 1) / (distance + 1e-4));
  if (similarity.kind === 'linear') return -distance;
  const lengths = [Math.hypot(...z), Math.hypot(...word)] as const;
  if (lengths[0] === 0 || lengths[1] === 0) return 0;
  const cosine = z.reduce((sum, value, index) => sum + value * word[index]!, 0) / (lengths[0] * lengths[1]);
  return lengths[0] * Math.max(0, cosine) ** similarity.exponent;
}

/** A feature source over arrays; counts the largest read, so that tests can see that memory stays bounded. */
export function memorySource(all: FeatureBatch): FeatureSource & { largestRead(): number } {
  const [count, channels, height, width] = all.features.shape as [number, number, number, number];
  let largest = 0;
  const pick = (value: Tensor<'float32'>, indices: readonly number[]): Tensor<'float32'> => {
    const size = value.data.length / count;
    const data = new Float32Array(indices.length * size);
    indices.forEach((index, place) => data.set(value.data.subarray(index * size, (index + 1) * size), place * size));
    return tensor('float32', [indices.length, ...value.shape.slice(1)], data);
  };
  return {
    count,
    channels,
    height,
    width,
    classCount: all.logits.shape[1]!,
    largestRead: () => largest,
    read(indices) {
      largest = Math.max(largest, indices.length);
      return Promise.resolve({
        features: pick(all.features, indices),
        logits: pick(all.logits, indices),
        attention: pick(all.attention, indices),
      });
    },
  };
}
