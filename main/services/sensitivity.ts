/** "Colour or shape?": what of a word's score stays when a property of the picture is taken away, and how to read it. */
import { resolve } from 'node:path';
import type { Sensitivity } from '../../preload/contract/index.ts';
import type { MeasureSensitivityOutput } from '../jobs/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { imageFolder, modelReference } from './project-access.ts';
import type { RunMemory } from './run-memory.ts';
import { wordAt } from './word-changes.ts';
import { presentWords } from './word-groups.ts';

/** A property counts when taking it away takes at least this share of the score. */
const DECISIVE = 0.5;

/** Measures a word on the images of its stored top patches. @throws StoreError 'not-found' */
export async function measureWordSensitivity(
  context: ServiceContext,
  memory: RunMemory,
  index: number,
  hooks: Hooks,
): Promise<Sensitivity> {
  const { read, run, model } = memory;
  const learned = wordAt(presentWords(read, run), index, run).splitFrom ?? index;
  const folder = imageFolder(read);
  const paths = read.words
    .patches(run.runId, index, 'top')
    .map(({ imageId }) => resolve(folder, read.images.get(imageId).path));
  const output = await memory.once(`sensitivity ${index}`, () =>
    context.interactive.run(
      'measureSensitivity',
      {
        model: modelReference(model),
        cut: model.cutPoint,
        wordModel: memory.wordModel,
        word: learned,
        paths,
        seed: run.seed,
      },
      hooks,
    ),
  );
  return { n: output.n, rows: [...output.rows], ...readingOf(output) };
}

/**
 * The stated rule. Colour counts when the strongest of greying and hue rotation takes at least half of the score; shape
 * when shuffling tiles of an eighth of the picture does; texture when the strongest blur does. Colour and shape together
 * are 'both'; texture is said only where neither of them counts; where nothing counts the word is 'unclear'.
 */
export function readingOf({ n, rows }: MeasureSensitivityOutput): Pick<Sensitivity, 'reading' | 'reason'> {
  const least = (kinds: readonly string[], pick: (levels: readonly number[]) => number): number => {
    const kept = rows.filter(({ kind }) => kinds.includes(kind)).map((row) => row.kept.value ?? NaN);
    return kept.length === 0 ? NaN : pick(kept);
  };
  const tiles = rows.filter(({ kind }) => kind === 'shuffle').map(({ kept }) => kept.value ?? NaN);
  const colour = 1 - least(['hue', 'grey'], (levels) => Math.min(...levels));
  const shape = 1 - (tiles[2] ?? NaN);
  const texture = 1 - least(['blur'], (levels) => levels.at(-1)!);
  if (n === 0 || [colour, shape, texture].some(Number.isNaN)) {
    return { reading: 'unclear', reason: 'The word is strong in no image, so nothing can be taken away from it.' };
  }
  const [isColour, isShape, isTexture] = [colour, shape, texture].map((loss) => loss >= DECISIVE);
  const reading = isColour ? (isShape ? 'both' : 'colour') : isShape ? 'shape' : isTexture ? 'texture' : 'unclear';
  const share = (loss: number): string => `${Math.round(100 * Math.max(0, loss))} %`;
  return {
    reading,
    reason:
      `Without colour the word loses ${share(colour)} of its score, with tiles of the picture shuffled ${share(shape)}, ` +
      `without fine detail ${share(texture)} (mean over ${n} images); a property counts from ${share(DECISIVE)} on.`,
  };
}
