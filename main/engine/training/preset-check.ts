/** Reads presets from JSON and refuses those that contradict themselves. */
import { EngineError } from '../errors.ts';
import type { Similarity } from '../words/word-model.ts';
import { checkNumber, Fields } from './fields.ts';
import type { AddOnPlan, LastLayerPlan, Preset } from './preset.ts';
import type { GroupRate, LossWeights, PhasePlan } from './schedule.ts';

/**
 * A preset from parsed JSON. Optional fields of phases (`decay`, `patience`) may be left out or null.
 * @throws EngineError 'configuration' naming the field, what was expected and what was found
 */
export function parsePreset(value: unknown): Preset {
  const fields = new Fields(value, 'preset');
  const preset: Preset = {
    name: fields.text('name'),
    title: fields.text('title'),
    description: fields.text('description'),
    wordCount: readWordCount(fields.object('wordCount')),
    addOn: readAddOn(fields.object('addOn')),
    similarity: readSimilarity(fields.object('similarity')),
    pooling: fields.choice('pooling', ['max', 'mean']),
    wordStart: fields.choice('wordStart', ['kmeans', 'sphericalKmeans', 'randomPatches', 'uniform']),
    tiedWords: fields.flag('tiedWords'),
    lastLayer: readLastLayer(fields.object('lastLayer')),
    batchSize: fields.count('batchSize', 1, 4096),
    phases: fields.list('phases', (item, path) => readPhase(new Fields(item, path))),
  };
  fields.finish();
  checkPreset(preset);
  return preset;
}

/**
 * Refuses combinations that cannot be trained.
 * @throws EngineError 'configuration'
 */
export function checkPreset(preset: Preset): void {
  const { addOn, similarity, lastLayer, phases } = preset;
  const refuse = (message: string): never => {
    throw new EngineError('configuration', `Preset "${preset.name}": ${message}`);
  };
  if (
    addOn.kind === 'structured' &&
    addOn.evidenceScale === 0 &&
    (addOn.principalScale === 0 || addOn.principalCount === 0)
  ) {
    refuse('the add-on layer has neither class directions nor principal directions; give one of them a scale above 0.');
  }
  if (lastLayer.fit === 'convex' && lastLayer.l2.length === 0)
    refuse('a convex last layer needs at least one L2 strength.');
  for (const [index, { lossWeights, rates }] of phases.entries()) {
    const place = `phase ${index + 1}`;
    if (Object.values(lossWeights).every((weight) => weight === 0))
      refuse(`${place} has no loss term with a weight above 0.`);
    if (similarity.kind === 'cosinePower' && (lossWeights.clusterCost > 0 || lossWeights.separationCost > 0)) {
      refuse(`${place} uses clusterCost or separationCost, which need similarity "log" or "linear".`);
    }
    if (lossWeights.separationCost > 0 && lastLayer.start !== 'classSpecific') {
      refuse(`${place} uses separationCost, which needs a last layer that starts "classSpecific".`);
    }
    const words = preset.tiedWords ? 0 : rates.words.rate;
    if (rates.addOn.rate === 0 && words === 0 && rates.lastLayer.rate === 0)
      refuse(`${place} trains nothing: all rates are 0.`);
    if (rates.addOn.rate > 0 && addOn.kind === 'none' && words === 0 && rates.lastLayer.rate === 0) {
      refuse(`${place} trains add-on layers, but there are none.`);
    }
  }
  if (
    lastLayer.fit === 'phases' &&
    !phases.some(({ rates }) => rates.lastLayer.rate > 0) &&
    lastLayer.start === 'neutral'
  ) {
    refuse('the last layer starts at 0 and nothing trains it; set fit to "convex" or train it in a phase.');
  }
}

function readWordCount(fields: Fields): Preset['wordCount'] {
  const wordCount = { kind: fields.choice('kind', ['fixed', 'perClass']), count: fields.count('count', 1, 100_000) };
  fields.finish();
  return wordCount;
}

function readAddOn(fields: Fields): AddOnPlan {
  const kind = fields.choice('kind', ['structured', 'random', 'none']);
  let plan: AddOnPlan;
  if (kind === 'structured') {
    plan = {
      kind,
      evidenceScale: fields.number('evidenceScale', 0),
      principalScale: fields.number('principalScale', 0),
      principalCount: fields.count('principalCount', 0, 4096),
      activation: fields.choice('activation', ['relu', 'none']),
    };
  } else if (kind === 'random') {
    plan = {
      kind,
      layers: fields.list('layers', (item, path) => {
        const layer = new Fields(item, path);
        const read = {
          size: layer.count('size', 1, 65_536),
          activation: layer.choice('activation', ['relu', 'sigmoid', 'none']),
        };
        layer.finish();
        return read;
      }),
    };
  } else plan = { kind };
  fields.finish();
  return plan;
}

function readSimilarity(fields: Fields): Similarity {
  const kind = fields.choice('kind', ['log', 'linear', 'cosinePower']);
  // Beyond 8 a word answers to itself alone; fractions have no finite gradient at 0.
  const similarity: Similarity = kind === 'cosinePower' ? { kind, exponent: fields.count('exponent', 1, 8) } : { kind };
  fields.finish();
  return similarity;
}

function readLastLayer(fields: Fields): LastLayerPlan {
  const plan: LastLayerPlan = {
    start: fields.choice('start', ['neutral', 'classSpecific']),
    fit: fields.choice('fit', ['convex', 'phases']),
    nonNegative: fields.flag('nonNegative'),
    bias: fields.flag('bias'),
    l2: fields.list('l2', (item, path) => checkNumber(item, path, 1e-12, 1e6)),
  };
  fields.finish();
  return plan;
}

function readPhase(fields: Fields): PhasePlan {
  const rates = fields.object('rates');
  const phase: PhasePlan = {
    phase: fields.choice('phase', ['warmUp', 'joint', 'lastLayer']),
    epochs: fields.count('epochs', 1, 100_000),
    lossWeights: readLossWeights(fields.object('lossWeights')),
    rates: {
      addOn: readRate(rates, 'addOn'),
      words: readRate(rates, 'words'),
      lastLayer: readRate(rates, 'lastLayer'),
    },
    decay: fields.has('decay') ? readDecay(fields.object('decay')) : undefined,
    pushAfter: fields.flag('pushAfter'),
    patience: fields.has('patience') ? fields.count('patience', 1) : undefined,
  };
  rates.finish();
  fields.finish();
  return phase;
}

function readLossWeights(fields: Fields): LossWeights {
  const weight = (name: keyof LossWeights): number => (fields.has(name) ? fields.number(name, 0) : 0);
  const weights: LossWeights = {
    crossEntropy: weight('crossEntropy'),
    clusterCost: weight('clusterCost'),
    separationCost: weight('separationCost'),
    l1: weight('l1'),
    attentionAlignment: weight('attentionAlignment'),
    softIou: weight('softIou'),
    imageContrast: weight('imageContrast'),
  };
  fields.finish();
  return weights;
}

/** A group that is left out is frozen. */
function readRate(rates: Fields, group: string): GroupRate {
  if (!rates.has(group)) return { rate: 0, decay: 0 };
  const fields = rates.object(group);
  const rate = { rate: fields.number('rate', 0, 1), decay: fields.has('decay') ? fields.number('decay', 0, 1) : 0 };
  fields.finish();
  return rate;
}

function readDecay(fields: Fields): NonNullable<PhasePlan['decay']> {
  const decay = {
    epochs: fields.count('epochs', 1),
    factor: fields.number('factor', 0, 1),
    elapsed: fields.has('elapsed') ? fields.count('elapsed', 0) : 0,
  };
  fields.finish();
  return decay;
}
