/** Bytes <-> a word model, versioned and checksummed: the container of checkpoints with a kind of its own. */
import { EngineError, InvariantError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../training/checkpoint.ts';
import { Fields } from '../training/fields.ts';
import { sizeOfWordModel } from './word-model.ts';
import type { AddOnLayer, Similarity, WordModel } from './word-model.ts';

/** Stands where a checkpoint has the fingerprint of its run; the number counts changes of the layout below. */
const KIND = 'word model 1';

const ACTIVATIONS = ['relu', 'sigmoid', 'none'] as const;

/** Largest exponent that is believed; presets stay far below. */
const EXPONENT_LIMIT = 1000;

/**
 * Writes a word model; every parameter keeps all its bits. Equal models give equal bytes.
 * @throws InvariantError when the model's shapes contradict each other
 */
export function encodeWordModel(model: WordModel): Uint8Array {
  sizeOfWordModel(model);
  const { addOn, similarity, pooling, words, lastLayer, bias } = model;
  const layers = addOn.flatMap((layer, index) => [
    [`addOn/${index}/weights`, layer.weights] as const,
    [`addOn/${index}/bias`, layer.bias] as const,
  ]);
  return encodeCheckpoint({
    fingerprint: KIND,
    data: { similarity, pooling, activations: addOn.map(({ activation }) => activation) },
    tensors: { words, lastLayer, bias, ...Object.fromEntries(layers) },
  });
}

/**
 * Reads a word model.
 * @throws EngineError 'checkpoint' when the bytes are damaged, of another version, or no word model
 */
export function decodeWordModel(bytes: Uint8Array): WordModel {
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof InvariantError)) throw error;
    throw new EngineError(
      'checkpoint',
      'The stored word model cannot be read: it is damaged or was written by another version. Restore a backup of the project, or learn again.',
      { found: error.message },
      { cause: error },
    );
  }
}

function read(bytes: Uint8Array): WordModel {
  const { data, tensors } = decodeCheckpoint(bytes, KIND);
  const tensorOf = (name: string): Tensor<'float32'> => {
    const found = tensors[name];
    if (!found) throw new InvariantError(`word model without "${name}"`);
    return found;
  };
  const fields = new Fields(data, 'wordModel');
  const addOn = fields.list('activations', readActivation).map((activation, index): AddOnLayer => ({
    weights: tensorOf(`addOn/${index}/weights`),
    bias: tensorOf(`addOn/${index}/bias`),
    activation,
  }));
  const model: WordModel = {
    addOn,
    similarity: readSimilarity(fields.object('similarity')),
    pooling: fields.choice('pooling', ['max', 'mean']),
    words: tensorOf('words'),
    lastLayer: tensorOf('lastLayer'),
    bias: tensorOf('bias'),
  };
  fields.finish();
  sizeOfWordModel(model);
  return model;
}

function readActivation(value: unknown, path: string): AddOnLayer['activation'] {
  return new Fields({ [path]: value }, 'wordModel').choice(path, ACTIVATIONS);
}

function readSimilarity(fields: Fields): Similarity {
  const kind = fields.choice('kind', ['log', 'linear', 'cosinePower']);
  return kind === 'cosinePower' ? { kind, exponent: fields.number('exponent', 0, EXPONENT_LIMIT) } : { kind };
}
