/** One explained image in the contract's words: both answers, the decision as a sum, and where each model looks. */
import type { ClassProbability, ContributionRow, Explanation } from '../../preload/contract/index.ts';
import { InvariantError } from '../engine/errors.ts';
import { AttentionMeter, MAP_WORDS, maximumMap, perPercentile } from '../engine/metrics/alignment.ts';
import { explainedShare } from '../engine/metrics/explained-share.ts';
import { topPartIou } from '../engine/metrics/top-part.ts';
import type { ExplainImageOutput } from '../jobs/index.ts';
import type { ModelRecord, ProjectReader, RunRecord, WordPage } from '../store/index.ts';
import { compactMap } from './compact-map.ts';
import { silentWords, spokenWords } from './spoken-words.ts';
import type { SpokenWord } from './spoken-words.ts';
import { presentWords } from './word-groups.ts';
import type { PresentWords } from './word-groups.ts';
import { nameOf } from './words.ts';

/**
 * Puts names, pushed patches and measures to what the job computed, as people arranged the words: an excluded word adds
 * nothing (the residual grows by what it added), merged words are one row.
 * @param imagePath absolute, or the name of an image that has no path
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
  const present = presentWords(read, run);
  const imageId = stored?.imageId ?? null;
  const spoken = spokenWords(present, output.scores, imageId);
  const known = wordRows(read, run, present);
  const contributions = contributionsOf(spoken, known, output);
  const parts = Float64Array.from(contributions, ({ contribution }) => contribution);
  const share = explainedShare(parts, decision.bias, decision.baseLogit);
  const strongest = spoken.slice(0, MAP_WORDS).flatMap(({ learned }) => learned);
  const wordAttention =
    strongest.length === 0
      ? new Float32Array(height * width)
      : maximumMap(output.activationMaps, strongest, height * width);
  return {
    imagePath,
    sha256,
    label: typeof stored?.labelIndex === 'number' ? nameOf(model, stored.labelIndex) : null,
    split: stored?.split ?? null,
    base: probabilities(output.baseLogits, model),
    wordModel: probabilities(wordLogits(output, silentWords(present, imageId), known), model),
    classIndex,
    className: nameOf(model, classIndex),
    baseLogit: decision.baseLogit,
    contributions,
    bias: decision.bias,
    residual: parts.reduce((rest, part) => rest - part, decision.baseLogit - decision.bias),
    explainedShare: Number.isNaN(share) ? null : share,
    gradCam: compactMap(attention, height, width),
    attentionSource: output.attentionSource,
    wordAttention: compactMap(wordAttention, height, width),
    attentionIou: attentionIou(attention, wordAttention, height, width),
  };
}

/** A stored word with its pushed patch. */
type WordRow = WordPage['words'][number];

function wordRows(read: ProjectReader, run: RunRecord, present: PresentWords): ReadonlyMap<number, WordRow> {
  const { words } = read.words.page({
    runId: run.runId,
    limit: present.words.length,
    patchKinds: ['pushed'],
    patchesPerKind: 1,
  });
  return new Map(words.map((word) => [word.wordIndex, word]));
}

function contributionsOf(
  spoken: readonly SpokenWord[],
  known: ReadonlyMap<number, WordRow>,
  output: ExplainImageOutput,
): ContributionRow[] {
  const { height, width, activationMaps, decision } = output;
  const learned = new Map(decision.contributions.map((part) => [part.word, part]));
  return spoken
    .map((word): ContributionRow => {
      const parts = word.learned.map((index) => learned.get(index)!);
      // A child may have been stored without a patch of its own; what it was divided from has one.
      const row = [word.index, ...word.learned].map((index) => known.get(index)).find((found) => found?.patches[0]);
      const pushed = row?.patches[0];
      if (!pushed) throw new InvariantError(`word ${word.index} has no pushed patch`);
      const contribution = parts.reduce((sum, part) => sum + part.contribution, 0);
      return {
        wordIndex: word.index,
        name: word.name,
        score: word.score,
        // What the group's contribution is per score; a single word's own weight, exactly.
        weight: parts.length === 1 || word.score === 0 ? parts[0]!.weight : contribution / word.score,
        contribution,
        map: compactMap(maximumMap(activationMaps, word.learned, height * width), height, width),
        pushedImageId: pushed.imageId,
        pushedCrop: pushed.activationCrop,
      };
    })
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.wordIndex - b.wordIndex);
}

/** The word model's logits without what the silent words add. */
function wordLogits(
  output: ExplainImageOutput,
  silent: readonly number[],
  known: ReadonlyMap<number, WordRow>,
): Float32Array {
  return output.wordLogits.map((logit, row) =>
    silent.reduce((rest, word) => rest - output.scores[word]! * (known.get(word)?.classWeights[row] ?? 0), logit),
  );
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
