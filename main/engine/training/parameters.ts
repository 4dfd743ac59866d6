/** A word model's parameters as one flat record, the form that graphs, Adam and checkpoints work with. */
import { InvariantError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { WordModel } from '../words/word-model.ts';

/** Groups with a rate of their own. */
export type ParameterGroup = 'addOn' | 'words' | 'lastLayer';

/** Tensors by name: `addOn<i>.weights`, `addOn<i>.bias`, `words`, `lastLayer`, `bias`. */
export type Parameters = Readonly<Record<string, Tensor<'float32'>>>;

/** Names of an add-on layer's parameters. */
export function addOnNames(index: number): { readonly weights: string; readonly bias: string } {
  return { weights: `addOn${index}.weights`, bias: `addOn${index}.bias` };
}

/** The parameters of a model; tensors are shared, not copied. */
export function parametersOf(model: WordModel): Parameters {
  const addOn = model.addOn.flatMap((layer, index) => {
    const names = addOnNames(index);
    return [
      [names.weights, layer.weights],
      [names.bias, layer.bias],
    ] as const;
  });
  return { ...Object.fromEntries(addOn), words: model.words, lastLayer: model.lastLayer, bias: model.bias };
}

/** The model with other parameters; those not given stay. */
export function withParameters(model: WordModel, parameters: Parameters): WordModel {
  const take = (name: string, before: Tensor<'float32'>): Tensor<'float32'> => {
    const value = parameters[name] ?? before;
    if (value.data.length !== before.data.length) throw new InvariantError(`parameter "${name}" changed its size`);
    return value;
  };
  return {
    ...model,
    addOn: model.addOn.map((layer, index) => {
      const names = addOnNames(index);
      return { ...layer, weights: take(names.weights, layer.weights), bias: take(names.bias, layer.bias) };
    }),
    words: take('words', model.words),
    lastLayer: take('lastLayer', model.lastLayer),
    bias: take('bias', model.bias),
  };
}

/** Group of a parameter; undefined for those that phases never train (`bias`). */
export function groupOf(name: string): ParameterGroup | undefined {
  if (name.startsWith('addOn')) return 'addOn';
  return name === 'words' || name === 'lastLayer' ? name : undefined;
}
