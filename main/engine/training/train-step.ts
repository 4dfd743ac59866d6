/** Emits one training step as one static graph: forward, losses, backward, Adam; and the eval graph beside it. */
import { appendGradients } from '../autodiff/index.ts';
import { InvariantError } from '../errors.ts';
import { GraphBuilder } from '../onnx/build.ts';
import { add, relu, reshape, scale } from '../onnx/emit.ts';
import type { Graph } from '../onnx/graph.ts';
import { emitAddOn, emitWordModel, isDistance } from '../words/emit-word-model.ts';
import type { EmittedWordModel, WordModelValues } from '../words/emit-word-model.ts';
import { sizeOfWordModel } from '../words/word-model.ts';
import type { WordModel } from '../words/word-model.ts';
import { emitAdam } from './adam.ts';
import { attentionAlignment, imageContrast, joinedMap, softIou, strongestMaps } from './attention-losses.ts';
import { clusterCost, crossEntropy, l1, separationCost } from './losses.ts';
import { addOnNames, groupOf, parametersOf } from './parameters.ts';
import type { ParameterGroup } from './parameters.ts';
import type { LossWeights, PhasePlan } from './schedule.ts';

/** What a step is made for; everything here is fixed in the graph. */
export interface StepPlan {
  /** Gives sizes, similarity, pooling and the shapes of the parameters; its values are not used. */
  readonly model: WordModel;
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Words are the add-on layers' image of the input `patchFeatures` [words, channels] instead of parameters. */
  readonly tiedWords: boolean;
  /** The last layer is cut off at 0 after every update. */
  readonly nonNegative: boolean;
  readonly lossWeights: LossWeights;
  /** Class of every word; needed by separationCost, which also restricts l1 to other classes' words. */
  readonly homeClasses?: readonly number[] | undefined;
}

/** A step graph and the names a trainer needs. */
export interface TrainStep {
  readonly graph: Graph;
  /** Parameters that are updated. */
  readonly trainable: readonly string[];
}

/** Name of the graph output of a loss term; the weighted sum is `loss.total`. */
export function lossOutput(term: string): string {
  return `loss.${term}`;
}

/** Names of the two moments of a parameter. */
export function momentNames(parameter: string): { readonly first: string; readonly second: string } {
  return { first: `${parameter}.firstMoment`, second: `${parameter}.secondMoment` };
}

/** Name of the output that holds the updated value of an input. */
export function nextName(name: string): string {
  return `${name}.next`;
}

/** Name of the scalar input with the bias-corrected rate of a group (adam.ts). */
export function rateName(group: ParameterGroup): string {
  return `rate.${group}`;
}

/**
 * One step. Inputs: `features` [batch, channels, height, width], `targets` [batch, classes] (probabilities),
 * `attention` [batch, height, width] when a term needs it, `patchFeatures` when words are tied, every parameter,
 * two moments per trainable parameter, `rate.<group>` and `epsilon` as scalars.
 * Outputs: `<name>.next` of every trainable parameter and moment, `loss.<term>` and `loss.total`.
 * @param rates groups with a rate above 0 are trained; L2 decay is part of the graph
 */
export function trainStepGraph(plan: StepPlan, rates: PhasePlan['rates']): TrainStep {
  const b = new GraphBuilder({ name: 'trainStep' });
  const { values, total } = emitForward(b, plan);
  const trainable = [...values].filter(([name]) => {
    const group = groupOf(name);
    return group !== undefined && rates[group].rate > 0;
  });
  if (trainable.length === 0) throw new InvariantError('a phase that trains nothing');

  const gradients = appendGradients(
    b,
    total,
    trainable.map(([, value]) => value),
  );
  const epsilon = b.input('epsilon', 'float32', []);
  const rateInputs = new Map<ParameterGroup, string>();
  for (const [name, parameter] of trainable) {
    const group = groupOf(name)!;
    if (!rateInputs.has(group)) rateInputs.set(group, b.input(rateName(group), 'float32', []));
    const shape = b.shapeOf(parameter);
    const moments = momentNames(name);
    const update = emitAdam(
      b,
      {
        parameter,
        gradient: gradients.get(parameter)!,
        firstMoment: b.input(moments.first, 'float32', shape),
        secondMoment: b.input(moments.second, 'float32', shape),
        rate: rateInputs.get(group)!,
        epsilon,
      },
      rates[group].decay,
    );
    const clipped = name === 'lastLayer' && plan.nonNegative ? relu(b, update.parameter) : update.parameter;
    b.output(clipped, nextName(name));
    b.output(update.firstMoment, nextName(moments.first));
    b.output(update.secondMoment, nextName(moments.second));
  }
  return { graph: b.build(), trainable: trainable.map(([name]) => name) };
}

/** Forward pass and losses only; inputs and loss outputs as in {@link trainStepGraph}. */
export function evalGraph(plan: StepPlan): Graph {
  const b = new GraphBuilder({ name: 'eval' });
  emitForward(b, plan);
  return b.build();
}

/** True when the step reads Grad-CAM. */
export function needsAttention(weights: LossWeights): boolean {
  return weights.attentionAlignment > 0 || weights.softIou > 0 || weights.imageContrast > 0;
}

/** Emits inputs, word model and losses; returns the parameters' names in the graph and the total loss. */
function emitForward(b: GraphBuilder, plan: StepPlan): { values: Map<string, string>; total: string } {
  const { model, batch, channels, height, width } = plan;
  const { classCount, wordCount } = sizeOfWordModel(model);
  const features = b.input('features', 'float32', [batch, channels, height, width]);
  const targets = b.input('targets', 'float32', [batch, classCount]);
  const attention = needsAttention(plan.lossWeights)
    ? b.input('attention', 'float32', [batch, height, width])
    : undefined;

  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(parametersOf(model))) {
    if (name === 'words' && plan.tiedWords) continue;
    values.set(name, b.input(name, 'float32', value.shape));
  }
  const addOn = model.addOn.map(({ activation }, index) => {
    const names = addOnNames(index);
    return { weights: values.get(names.weights)!, bias: values.get(names.bias)!, activation };
  });
  const words = plan.tiedWords
    ? emitAddOn(b, b.input('patchFeatures', 'float32', [wordCount, channels]), addOn)
    : values.get('words')!;
  const inputs: WordModelValues = {
    addOn,
    words,
    similarity: model.similarity,
    pooling: model.pooling,
    lastLayer: values.get('lastLayer')!,
    bias: values.get('bias')!,
  };
  const terms = emitTerms(b, plan, emitWordModel(b, features, inputs), inputs, targets, attention);
  let total: string | undefined;
  for (const [term, value] of terms) {
    b.output(value, lossOutput(term));
    const weighted = scale(b, value, plan.lossWeights[term]);
    total = total === undefined ? weighted : add(b, total, weighted);
  }
  if (total === undefined) throw new InvariantError('a step without a loss term');
  b.output(total, lossOutput('total'));
  return { values, total };
}

/** The terms with a weight above 0. */
function emitTerms(
  b: GraphBuilder,
  { model, batch, height, width, lossWeights, homeClasses }: StepPlan,
  { closeness, scores, logits }: EmittedWordModel,
  { lastLayer }: WordModelValues,
  targets: string,
  attention: string | undefined,
): Map<keyof LossWeights, string> {
  const terms = new Map<keyof LossWeights, string>();
  if (lossWeights.crossEntropy > 0) terms.set('crossEntropy', crossEntropy(b, logits, targets));
  if (lossWeights.clusterCost > 0 || lossWeights.separationCost > 0) {
    if (!isDistance(model.similarity)) throw new InvariantError('clusterCost and separationCost need distances');
    if (lossWeights.clusterCost > 0) terms.set('clusterCost', clusterCost(b, closeness));
    if (lossWeights.separationCost > 0) {
      if (!homeClasses) throw new InvariantError('separationCost needs the classes of the words');
      terms.set('separationCost', separationCost(b, closeness, targets, homeClasses));
    }
  }
  if (lossWeights.l1 > 0) terms.set('l1', l1(b, lastLayer, lossWeights.separationCost > 0 ? homeClasses : undefined));
  if (attention === undefined) return terms;

  const maps = strongestMaps(b, closeness, scores, model.similarity);
  if (lossWeights.attentionAlignment > 0) {
    const grid = reshape(b, maps, [batch, b.shapeOf(maps)[1]!, height, width]);
    terms.set('attentionAlignment', attentionAlignment(b, grid, attention));
  }
  if (lossWeights.softIou > 0 || lossWeights.imageContrast > 0) {
    const joined = joinedMap(b, maps);
    const wanted = reshape(b, attention, [batch, height * width]);
    if (lossWeights.softIou > 0) terms.set('softIou', softIou(b, joined, wanted));
    if (lossWeights.imageContrast > 0) terms.set('imageContrast', imageContrast(b, joined, wanted));
  }
  return terms;
}
