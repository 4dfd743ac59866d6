/** The effect of excluding and merging words on both fidelities, on validation images, before the change is made. */
import type { WordChange, WordEffect } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import type { WordArrangement } from '../engine/metrics/word-arrangement.ts';
import { createRandom } from '../engine/tensor/random.ts';
import { effectImageLimit } from '../jobs/index.ts';
import { sha256 } from '../platform/hash.ts';
import type { ImageRecord } from '../store/index.ts';
import { nameOf } from './class-names.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { featureInput, withFeatures } from './feature-records.ts';
import type { RunMemory } from './run-memory.ts';
import { mergeChanges, wordAt } from './word-changes.ts';
import { presentWords } from './word-groups.ts';
import type { PresentWords } from './word-groups.ts';

/** Flips listed; all are counted. */
const LISTED_FLIPS = 50;

/**
 * Measures a change; nothing is kept. Judged on the validation images (a seeded sample of them where there are more than
 * the limit of `effectImageLimit`; `imageCount` says how many).
 * @throws EngineError 'too-few-images' without validation images; StoreError 'value-refused', 'not-found'
 */
export async function measureChange(
  context: ServiceContext,
  memory: RunMemory,
  projectPath: string,
  change: WordChange,
  hooks: Hooks,
): Promise<WordEffect> {
  const { read, run, model } = memory;
  const images = await memory.once('effect images', () => Promise.resolve(effectImages(memory)));
  const present = presentWords(read, run);
  const before = arrangementOf(present, images.records);
  const figures = await withFeatures(context, projectPath, hooks, () =>
    context.interactive.run(
      'measureEffect',
      {
        ...featureInput(projectPath, model),
        key: `${projectPath} ${run.runId} ${run.parameterHash} ${images.digest}`,
        images: images.records.map((image) => image.sha256!),
        wordModel: memory.wordModel,
        outputs: model.outputKind === 'sigmoid' ? 'sigmoid' : 'softmax',
        seed: run.seed,
        before,
        after: changed(present, memory, before, change),
      },
      hooks,
    ),
  );
  const { flips } = figures;
  return {
    before: figures.before,
    after: figures.after,
    flips: flips.slice(0, LISTED_FLIPS).map((flip) => {
      const { imageId, labelIndex } = images.records[flip.image]!;
      return {
        imageId,
        label: labelIndex === null ? null : nameOf(model, labelIndex),
        before: nameOf(model, flip.before),
        after: nameOf(model, flip.after),
      };
    }),
    flipCount: flips.length,
    imageCount: images.records.length,
    meanLogitChange: figures.meanLogitChange,
  };
}

/** The validation images that changes are judged on, the same at every call. */
function effectImages({ read, run, model }: RunMemory): {
  readonly records: readonly ImageRecord[];
  readonly digest: string;
} {
  const withScores = new Set(read.images.ids({ status: 'ok', split: 'validation' }));
  const all = read.images.list({ status: 'ok', split: 'validation' }).filter(({ imageId }) => withScores.has(imageId));
  if (all.length === 0) {
    throw new EngineError(
      'too-few-images',
      'The project has no validation images: the effect of a change cannot be judged. The change itself can be made.',
      { expected: 'at least one validation image' },
    );
  }
  const [, height, width] = model.details['featureShape'] as unknown as readonly [number, number, number];
  const limit = effectImageLimit(run.wordCount, height * width);
  // All images in their order where they fit: an evaluation of this split then has the same figures, intervals included.
  const drawn = all.length <= limit ? all : createRandom(run.seed).fork('effect').shuffle(all).slice(0, limit);
  return { records: drawn, digest: sha256(drawn.map((image) => image.sha256).join('\n')) };
}

/** The present arrangement, as the engine wants it. */
function arrangementOf(present: PresentWords, images: readonly ImageRecord[]): WordArrangement {
  return {
    leaders: Int32Array.from(present.words, ({ leader }) => leader),
    isExcluded: Uint8Array.from(present.words, ({ isExcluded }) => Number(isExcluded)),
    divisions: present.words
      .filter(({ isSplit }) => isSplit)
      .map(({ index }) => ({
        word: index,
        speakers: Int32Array.from(images, ({ imageId }) => present.speakerOf(index, imageId)),
      })),
  };
}

function changed(
  present: PresentWords,
  { run }: RunMemory,
  before: WordArrangement,
  change: WordChange,
): WordArrangement {
  if (change.kind === 'merge') {
    const leaders = before.leaders.slice();
    for (const { key, after } of mergeChanges(present, run, change.leader, change.members))
      leaders[key[1]!] = Number(after);
    return { ...before, leaders };
  }
  const isExcluded = before.isExcluded.slice();
  for (const index of change.words) {
    const { leader } = wordAt(present, index, run);
    for (const member of [leader, ...wordAt(present, leader, run).members]) {
      isExcluded[member] = change.kind === 'exclude' ? 1 : 0;
    }
  }
  return { ...before, isExcluded };
}
