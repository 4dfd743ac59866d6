/** Splits a word: the division is computed once and kept as facts; showing its children is one reversible step. */
import type { TaskOutput } from '../jobs/index.ts';
import type { JournalEntry, JsonObject, NewWordSplit, PatchRecord, Project } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { featureInput, withFeatures } from './feature-records.ts';
import { withProject } from './project-access.ts';
import type { RunMemory } from './run-memory.ts';
import { requireDivisible, showChildren, wordAt } from './word-changes.ts';
import { presentWords } from './word-groups.ts';
import { wordScores } from './word-scores.ts';
import { defined } from './words.ts';
import type { StoredFigures } from './words.ts';

/**
 * Divides a word, or shows the children of an earlier division again; undefined when it is divided already. In every image
 * the child it belongs to has the word's own score, map and contribution, so neither fidelity changes.
 * @throws StoreError 'value-refused' for a word that is merged, excluded or itself a part; EngineError 'too-few-images'
 *   when its patches all look the same
 */
export async function splitWord(
  context: ServiceContext,
  memory: RunMemory,
  projectPath: string,
  index: number,
  hooks: Hooks,
): Promise<JournalEntry | undefined> {
  const { read, run, model } = memory;
  const check = (): boolean => {
    const present = presentWords(read, run);
    if (wordAt(present, index, run).isSplit) return false;
    requireDivisible(present, run, index);
    return true;
  };
  if (!check()) return undefined;
  const known = read.words.splits(run.runId).find(({ wordIndex }) => wordIndex === index);
  if (known) {
    return withProject(context, projectPath, (project) =>
      showChildren(project, run, context.actor, index, known.children),
    );
  }
  const scored = new Set((await wordScores(read, run, index)).imageIds);
  const images = read.images.list({ status: 'ok' }).filter(({ imageId }) => scored.has(imageId));
  const division = await withFeatures(context, projectPath, hooks, () =>
    context.interactive.run(
      'splitWord',
      {
        ...featureInput(projectPath, model),
        images: images.map((image) => image.sha256!),
        isTraining: Uint8Array.from(images, ({ split }) => Number(split === 'train')),
        wordModel: memory.wordModel,
        word: index,
        seed: run.seed,
      },
      hooks,
    ),
  );
  const idOf = (imageIndex: number): number => images[imageIndex]!.imageId;
  return withProject(context, projectPath, (project) => {
    // Somebody may have merged or excluded the word meanwhile.
    if (!check()) return undefined;
    keepMaps(project, memory, division, index, idOf);
    return project.write.words.addSplit(
      context.actor,
      run.runId,
      toSplit(
        memory,
        division,
        index,
        idOf,
        images.map(({ imageId }) => imageId),
      ),
    );
  });
}

function toSplit(
  { read, run }: RunMemory,
  { children, centres, words }: TaskOutput<'splitWord'>,
  index: number,
  idOf: (imageIndex: number) => number,
  imageIds: readonly number[],
): NewWordSplit {
  const { classWeights } = read.words.get(run.runId, index);
  const [first, second] = words.map((child): Child => {
    const { frequency, importance, attentionFidelity, shares, pushDistance } = child;
    const figures: StoredFigures = {
      frequency,
      importance,
      sharedness: defined(child.sharedness),
      useSharedness: defined(child.useSharedness),
      classes80: defined(child.classes80),
      attentionFidelity,
      shares: [...shares.entries()].filter(([, share]) => share > 0),
      pushDistance,
    };
    const patches = child.patches.map(
      ({ word: _word, imageIndex, similarity, ...patch }): Omit<PatchRecord, 'wordIndex'> => ({
        ...patch,
        imageId: idOf(imageIndex),
        score: similarity,
      }),
    );
    return { facts: { classWeights, summary: figures as unknown as JsonObject }, patches };
  }) as unknown as readonly [Child, Child];
  return {
    wordIndex: index,
    imageIds: Uint32Array.from(imageIds),
    childOfImage: children,
    centres: centres.data,
    words: [first.facts, second.facts],
    patches: [first.patches, second.patches],
  };
}

interface Child {
  readonly facts: NewWordSplit['words'][number];
  readonly patches: NewWordSplit['patches'][number];
}

/** Maps of the word in images that hold a patch of a child, where they were not kept: after the others, as they are weaker. */
function keepMaps(
  { write }: Project,
  { read, run }: RunMemory,
  { maps }: TaskOutput<'splitWord'>,
  index: number,
  idOf: (imageIndex: number) => number,
): void {
  const added = maps.flatMap(({ imageIndex, map }) => {
    const imageId = idOf(imageIndex);
    const kept = read.activations.get(run.runId, imageId);
    if (!kept || kept.wordIndices.includes(index)) return [];
    const all = new Float32Array(kept.maps.length + map.length);
    all.set(kept.maps);
    all.set(map, kept.maps.length);
    return [{ ...kept, wordIndices: [...kept.wordIndices, index], maps: all }];
  });
  if (added.length > 0) write.activations.save(run.runId, added);
}
