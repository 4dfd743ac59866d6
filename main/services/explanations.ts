/** One explained image in the contract's words: both answers, the decision as a sum, and where each model looks. */
import type { ClassProbability, ContributionRow, Explanation } from '../../preload/contract/index.ts';
import { InvariantError } from '../engine/errors.ts';
import { AttentionMeter, MAP_WORDS, maximumMap, perPercentile, strongestWords } from '../engine/metrics/alignment.ts';
import { topPartIou } from '../engine/metrics/top-part.ts';
import type { ExplainImageOutput } from '../jobs/index.ts';
import type { ModelRecord, ProjectReader, RunRecord } from '../store/index.ts';
import { compactMap } from './compact-map.ts';
import { nameOf } from './words.ts';

/**
 * Puts names, pushed patches and measures to what the job computed.
 * @param imagePath absolute
 */
export function buildExplanation(
  read: ProjectReader,
  run: RunRecord,
  imagePath: string,
  output: ExplainImageOutput,
): Explanation {
  const { decision, classIndex, height, width, attention, sha256 } = output;
  const model = read.models.get(run.modelId);
  const stored = read.images.bySha256(sha256).at(0);
  const wordAttention = maximumMap(output.activationMaps, strongestWords(output.scores, MAP_WORDS), height * width);
  return {
    imagePath,
    sha256,
    label: typeof stored?.labelIndex === 'number' ? nameOf(model, stored.labelIndex) : null,
    split: stored?.split ?? null,
    base: probabilities(output.baseLogits, model),
    wordModel: probabilities(output.wordLogits, model),
    classIndex,
    className: nameOf(model, classIndex),
    baseLogit: decision.baseLogit,
    contributions: contributionsOf(read, run, output),
    bias: decision.bias,
    residual: decision.residual,
    explainedShare: Number.isNaN(decision.explainedShare) ? null : decision.explainedShare,
    gradCam: compactMap(attention, height, width),
    attentionSource: output.attentionSource,
    wordAttention: compactMap(wordAttention, height, width),
    attentionIou: attentionIou(attention, wordAttention, height, width),
  };
}

function contributionsOf(read: ProjectReader, run: RunRecord, output: ExplainImageOutput): ContributionRow[] {
  const { height, width, activationMaps } = output;
  const positions = height * width;
  const { words } = read.words.page({
    runId: run.runId,
    limit: run.wordCount,
    patchKinds: ['pushed'],
    patchesPerKind: 1,
  });
  const known = new Map(words.map((word) => [word.wordIndex, word]));
  return output.decision.contributions.map(({ word, score, weight, contribution }) => {
    const row = known.get(word);
    const pushed = row?.patches[0];
    if (!row || !pushed) throw new InvariantError(`run ${run.runId} has no pushed patch of word ${word}`);
    return {
      wordIndex: word,
      name: row.name,
      score,
      weight,
      contribution,
      map: compactMap(activationMaps.subarray(word * positions, (word + 1) * positions), height, width),
      pushedImageId: pushed.imageId,
      pushedCrop: pushed.activationCrop,
    };
  });
}

/**
 * Every class with its probability, most probable first. Softmax over classes, or one sigmoid per class for a model
 * that answers each class alone; a single logit z stands for two classes with logits -z / 2 and z / 2.
 */
function probabilities(logits: Float32Array, model: ModelRecord): ClassProbability[] {
  const isSingle = logits.length === 1;
  const values = isSingle ? [-logits[0]! / 2, logits[0]! / 2] : [...logits];
  const largest = Math.max(...values);
  const total = values.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  const isEach = model.outputKind === 'sigmoid' && !isSingle;
  return values
    .map((logit, classIndex) => ({
      classIndex,
      className: nameOf(model, classIndex),
      logit,
      probability: isEach ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit - largest) / total,
    }))
    .sort((a, b) => b.probability - a.probability || a.classIndex - b.classIndex);
}

/** Overlap of the strongest parts at each percentile; null where Grad-CAM is flat and says nothing. */
function attentionIou(
  attention: Float32Array,
  wordAttention: Float32Array,
  height: number,
  width: number,
): Explanation['attentionIou'] {
  const meter = new AttentionMeter(height, width);
  const own = meter.ofAttention(attention);
  const ious = topPartIou(meter.ofPixels(meter.upsample(wordAttention)), own);
  return perPercentile((_, index) => (own.isFlat ? null : ious[index]!));
}
