/** The demo: the whole main job on generated images whose parts, and whose planted shortcut, are known. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Assessment, PatchEvidence, WordSheet, WordSummary } from '../../preload/contract/index.ts';
import { SHORTCUT_CLASS } from '../engine/demo/samples.ts';
import type { SampleCounts } from '../engine/demo/samples.ts';
import { measureMean, measureRate } from '../engine/metrics/interval.ts';
import { createRandom } from '../engine/tensor/random.ts';
import type { MaskEnergy, ShortcutReliance } from '../jobs/index.ts';
import { fileError } from '../platform/files.ts';
import { PROJECT_EXTENSION } from '../platform/paths.ts';
import type { Hooks, ServiceContext } from './context.ts';
import type { DemoReport, Services } from './services.ts';

/** How much the demo makes and learns. */
export interface DemoSizes {
  /** Images per class. */
  readonly counts: SampleCounts;
  /** Passes of the base model over its training images. */
  readonly epochs: number;
  readonly wordCount: number;
  readonly seed: number;
}

/** 720 images, 0.96 accuracy of the base model, under three minutes on two cores. */
export const DEMO_SIZES: DemoSizes = {
  counts: { train: 80, val: 20, test: 20 },
  epochs: 16,
  wordCount: 40,
  seed: 1,
};

/** The actions the demo is made of; a user could run each of them. */
type DemoServices = Pick<Services, 'createProject' | 'learn' | 'evaluate' | 'words' | 'writeContactSheet'>;

/** A word carries the shortcut when its maps have at least this many times the energy of an even map in the sticker. */
const SHORTCUT_FACTOR = 2;

/** Folder below the data folder when the user names none. */
const DEMO_FOLDER = 'demo';

/**
 * Draws images, trains a base model, then makes a project, learns words, measures them and writes the contact sheet.
 * Images and base model of an earlier demo in the folder are used again; the project is a new one each time.
 * @param folder where everything is put; default `demo` in the user's data folder
 */
export async function runDemo(
  context: ServiceContext,
  services: DemoServices,
  folder: string | undefined,
  hooks: Hooks,
  sizes: DemoSizes = DEMO_SIZES,
): Promise<DemoReport> {
  const start = performance.now();
  const root = resolve(folder ?? join(context.dataFolder, DEMO_FOLDER));
  const imagesFolder = join(root, 'images');
  const modelPath = join(root, 'demo.onnx');
  try {
    mkdirSync(imagesFolder, { recursive: true });
  } catch (error) {
    throw fileError(error, imagesFolder);
  }
  const { counts, epochs, seed, wordCount } = sizes;
  await context.jobs.run('makeDemoData', { folder: imagesFolder, seed, counts }, hooks);
  const base = await context.jobs.run('trainDemoModel', { imagesFolder, counts, modelPath, seed, epochs }, hooks);

  const projectPath = freePath(root);
  await services.createProject(
    projectPath,
    { modelPath, imagesFolder, preprocess: join(root, 'demo.preprocessing.json') },
    hooks,
  );
  await services.learn(projectPath, { wordCount, seed }, hooks);
  const evaluation = await services.evaluate(projectPath, { split: 'test' }, hooks);
  const sheet = await services.words(projectPath);
  const sheetPath = await services.writeContactSheet(
    projectPath,
    projectPath.replace(PROJECT_EXTENSION, '-words'),
    {},
    hooks,
  );
  const located = await locateWords(context, sheet, imagesFolder, hooks);
  return {
    folder: root,
    projectPath,
    sheetPath,
    baseAccuracy: evaluation.baseAccuracy,
    evaluation,
    energyInParts: energyInParts(located),
    shortcut: findShortcut(located),
    reliance: describeReliance(base.reliance),
    seconds: (performance.now() - start) / 1000,
  };
}

/** A project that nobody has touched: the user may have named words in the one of an earlier demo. */
function freePath(folder: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, `demo${number === 1 ? '' : `-${number}`}${PROJECT_EXTENSION}`);
    if (!existsSync(path)) return path;
  }
}

/** A word with where its maps lie in the images that show it best. */
interface LocatedWord {
  readonly word: WordSummary;
  readonly energies: readonly MaskEnergy[];
}

/** Patches that stand for what a word means; random and counter patches do not. */
function isTypical({ kind }: PatchEvidence): boolean {
  return kind === 'top' || kind === 'pushed';
}

async function locateWords(
  context: ServiceContext,
  sheet: WordSheet,
  imagesFolder: string,
  hooks: Hooks,
): Promise<LocatedWord[]> {
  const patches = sheet.words.map((word) => word.patches.filter(isTypical));
  const maps = patches.flat().map(({ imagePath, map }) => ({
    maskPath: join(imagesFolder, 'masks', relative(imagesFolder, resolve(imagesFolder, imagePath))),
    width: map.width,
    height: map.height,
    values: map.values,
  }));
  const energies = await context.jobs.run('measureMaskEnergy', { maps }, hooks);
  let first = 0;
  return sheet.words.map((word, index) => {
    const count = patches[index]!.length;
    first += count;
    return { word, energies: energies.slice(first - count, first) };
  });
}

/** Mean over words of their maps' energy in parts; the sticker is no part. */
function energyInParts(located: readonly LocatedWord[]): Assessment {
  const ofWords = (pick: (energy: MaskEnergy) => number): number[] =>
    located.map(({ energies }) => meanOf(energies.map(pick)));
  // The seed only draws the bootstrap of the interval.
  const measured = measureMean(
    ofWords(({ inParts }) => inParts),
    createRandom(0),
    'no word has a map',
  );
  if (measured.value === null) return measured;
  return { ...measured, chance: meanOf(ofWords(({ partsShare }) => partsShare)) };
}

/** Of the words that push the shortcut's class most, the one with the most energy in the sticker. */
function findShortcut(located: readonly LocatedWord[]): DemoReport['shortcut'] {
  const candidates = located
    .filter(({ word }) => strongestPush(word) === SHORTCUT_CLASS)
    .map(({ word, energies }) => ({
      wordIndex: word.index,
      className: SHORTCUT_CLASS,
      share: meanOf(energies.map(({ touchesSticker }) => Number(touchesSticker))),
      energyInSticker: meanOf(energies.map(({ inSticker }) => inSticker)),
      stickerShare: meanOf(energies.map(({ stickerShare }) => stickerShare)),
    }))
    .filter(({ energyInSticker, stickerShare }) => energyInSticker > SHORTCUT_FACTOR * stickerShare)
    .sort((a, b) => b.energyInSticker - a.energyInSticker);
  return candidates[0] ?? null;
}

function strongestPush(word: WordSummary): string | undefined {
  return [...word.pushesUp].sort((a, b) => b.weight - a.weight)[0]?.className;
}

function describeReliance({ plainKites, plainOthers, taggedOthers }: ShortcutReliance): DemoReport['reliance'] {
  const misled = measureRate(taggedOthers.hits, taggedOthers.n);
  return {
    className: SHORTCUT_CLASS,
    recognisedWithout: measureRate(plainKites.hits, plainKites.n),
    misledWith: misled.value === null ? misled : { ...misled, chance: plainOthers.hits / plainOthers.n },
  };
}

/** Mean of the values that were assessed; NaN when none was. */
function meanOf(values: readonly number[]): number {
  const kept = values.filter((value) => !Number.isNaN(value));
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}
