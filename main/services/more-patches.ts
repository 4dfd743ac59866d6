/** Evidence beyond the stored patches: any page of a word's images, by score, at random, or against its own classes. */
import type { Input, Output } from '../../preload/contract/index.ts';
import { createRandom } from '../engine/tensor/random.ts';
import { compactMap } from './compact-map.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { readImageFacts } from './evidence.ts';
import { featureInput, withFeatures } from './feature-records.ts';
import type { RunMemory } from './run-memory.ts';
import { wordAt } from './word-changes.ts';
import { predictedClasses } from './word-detail.ts';
import { presentWords } from './word-groups.ts';
import { childScores, wordScores } from './word-scores.ts';

/** Share of its positive contribution that a word's own classes hold; as for the stored counter-examples. */
const OWN_CLASSES = 0.8;

/** A page of patches. */
type PatchRequest = Pick<Input<'words.patches'>, 'index' | 'kind' | 'offset' | 'limit' | 'seed'>;

/** A page of a word's patches with maps computed from the feature cache. @throws StoreError 'not-found' */
export async function morePatches(
  context: ServiceContext,
  memory: RunMemory,
  projectPath: string,
  { index, kind, offset, limit, seed = 1 }: PatchRequest,
  hooks: Hooks,
): Promise<Output<'words.patches'>> {
  const { read, run, model } = memory;
  const learned = wordAt(presentWords(read, run), index, run).splitFrom ?? index;
  const ordered = await memory.once(`order ${index} ${kind} ${seed}`, () => orderOf(memory, index, kind, seed));
  const imageIds = ordered.slice(offset, offset + limit);
  if (imageIds.length === 0) return { total: ordered.length, patches: [] };
  const { height, width, patches } = await withFeatures(context, projectPath, hooks, () =>
    context.interactive.run(
      'findPatches',
      {
        ...featureInput(projectPath, model),
        key: `${projectPath} ${run.runId} ${run.parameterHash}`,
        images: imageIds.map((imageId) => read.images.get(imageId).sha256!),
        wordModel: memory.wordModel,
        word: learned,
      },
      hooks,
    ),
  );
  return {
    total: ordered.length,
    patches: patches.map(({ map, ...patch }, place) => {
      const imageId = imageIds[place]!;
      const compact = compactMap(map, height, width);
      return {
        kind,
        imageId,
        ...readImageFacts(read, run, model, imageId),
        ...patch,
        map: { ...compact, values: Uint8Array.from(compact.values) },
      };
    }),
  };
}

/** Images of a word in the order of a kind. Images where a cosine word does not answer at all are left out. */
async function orderOf(
  memory: RunMemory,
  index: number,
  kind: PatchRequest['kind'],
  seed: number,
): Promise<readonly number[]> {
  const { read, run, wordModel } = memory;
  const split = read.words.splits(run.runId).find(({ children }) => children.includes(index));
  const { imageIds, values } = split ? await childScores(read, run, split, index) : await wordScores(read, run, index);
  const threshold = wordModel.similarity.kind === 'cosinePower' ? 0 : -Infinity;
  const places = [...imageIds.keys()].filter((place) => values[place]! > threshold);
  if (kind === 'random') {
    return createRandom(seed)
      .fork(`patches of word ${index}`)
      .shuffle(places.map((place) => imageIds[place]!));
  }
  const byScore = places.sort((a, b) => values[b]! - values[a]! || a - b).map((place) => imageIds[place]!);
  if (kind === 'top') return byScore;
  const predicted = await memory.once('predicted', () => predictedClasses(memory));
  const own = await ownClasses(memory, index);
  return byScore.filter((imageId) => !own.has(predicted.get(imageId) ?? -1));
}

/** The fewest classes that hold most of the word's positive contribution. */
async function ownClasses(memory: RunMemory, index: number): Promise<ReadonlySet<number>> {
  const [facts] = await memory.facts([index]);
  const { shares } = facts!.figures;
  const own = new Set<number>();
  // The only row of a single logit stands for both answers: it cannot tell them apart.
  if (facts!.classWeights.length === 1) return own;
  let held = 0;
  for (const [classIndex, share] of [...shares].sort(([, a], [, b]) => b - a)) {
    if (held >= OWN_CLASSES) break;
    own.add(classIndex);
    held += share;
  }
  return own;
}
