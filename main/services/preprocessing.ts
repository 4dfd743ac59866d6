/** Chooses how pixels become the model's input, and proves the choice on sample images. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EngineError } from '../engine/errors.ts';
import type { Preprocessing } from '../engine/image/preprocess.ts';
import {
  isPresetName,
  parsePreprocessing,
  presetPreprocessing,
  PRESET_NAMES,
} from '../engine/image/preprocessing-settings.ts';
import type { InputFacts } from '../engine/image/preprocessing-settings.ts';
import type { ModelReference, PreprocessingTrial, SampleImage } from '../jobs/index.ts';
import { FileError, fileError, sha256OfFile } from '../platform/files.ts';
import type { Hooks, ServiceContext } from './context.ts';
import type { ImageFolder } from './datasets.ts';

/** Images the base model is tried on: enough to tell 90 % from 80 %, few enough to take a second. */
const SAMPLE_COUNT = 64;

/** The choice and its proof. */
export interface ProvenPreprocessing {
  readonly preprocessing: Preprocessing;
  /** The preset's or file's name, and for a guess what it rests on. */
  readonly name: string;
  /** The trial of the choice; undefined when no sample could be read. */
  readonly trial: PreprocessingTrial | undefined;
  /** Everything that was tried, best first. */
  readonly trials: readonly PreprocessingTrial[];
  /** Hash of every sample by its path. */
  readonly sampleHashes: ReadonlyMap<string, string>;
  /** True when the accuracy is not clearly above chance. */
  readonly isNearChance: boolean;
  readonly notes: readonly string[];
}

/**
 * Takes the user's choice, or tries all presets and takes the best; runs the base model on samples either way.
 * @param given name of a preset or path of a JSON file
 */
export async function provePreprocessing(
  context: ServiceContext,
  model: ModelReference,
  facts: InputFacts,
  images: ImageFolder,
  labelOf: (folder: string) => number | null,
  given: string | undefined,
  hooks: Hooks,
): Promise<ProvenPreprocessing> {
  const chosen = given === undefined ? undefined : readChoice(given, facts);
  const samples = await pickSamples(images, labelOf);
  const { trials, isNearChance, warning } = await context.jobs.run(
    'checkPreprocessing',
    { ...model, samples, ...(chosen === undefined ? {} : { preprocessing: chosen }) },
    hooks,
  );
  const best = trials[0];
  const notes = warning === undefined ? [] : [warning];
  const sampleHashes = new Map(samples.map(({ path, sha256 }) => [path, sha256]));
  const found = { trial: best, trials, sampleHashes, isNearChance, notes };
  if (chosen !== undefined) return { preprocessing: chosen, name: given!, ...found };
  const name = best?.name ?? PRESET_NAMES[0]!;
  return {
    preprocessing: best?.preprocessing ?? presetPreprocessing(PRESET_NAMES[0]!, facts),
    name: `${name}, the best of ${trials.length} on ${best?.imageCount ?? 0} sample images`,
    ...found,
  };
}

function readChoice(given: string, facts: InputFacts): Preprocessing {
  if (isPresetName(given)) return presetPreprocessing(given, facts);
  if (!/\.json$/i.test(given)) {
    throw new EngineError(
      'preprocessing',
      `"${given}" is no preprocessing. Use one of ${PRESET_NAMES.join(', ')}, or the path of a JSON file.`,
      { found: given },
    );
  }
  let text: string;
  try {
    text = readFileSync(given, 'utf8');
  } catch (error) {
    throw fileError(error, given);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(
      'preprocessing',
      `${JSON.stringify(given)} is not JSON: ${reason}.`,
      { file: given },
      { cause },
    );
  }
  return parsePreprocessing(json, facts, given);
}

/** Samples spread evenly over the labelled images, else over all: the paths are sorted by class. */
async function pickSamples(
  { folder, paths, places }: ImageFolder,
  labelOf: (folder: string) => number | null,
): Promise<SampleImage[]> {
  const all = paths.map((path, index) => {
    const { classFolder } = places[index]!;
    return { path: resolve(folder, path), classIndex: classFolder === null ? null : labelOf(classFolder) };
  });
  const labelled = all.filter(({ classIndex }) => classIndex !== null);
  const pool = labelled.length > 0 ? labelled : all;
  const count = Math.min(SAMPLE_COUNT, pool.length);
  const picked = Array.from({ length: count }, (_, index) => pool[Math.floor(((index + 0.5) * pool.length) / count)]!);
  const samples = await Promise.all(
    picked.map(async ({ path, classIndex }) => {
      try {
        return { path, sha256: await sha256OfFile(path), ...(classIndex === null ? {} : { classIndex }) };
      } catch (error) {
        // The import lists it with the reason.
        if (error instanceof FileError) return undefined;
        throw error;
      }
    }),
  );
  return samples.filter((sample) => sample !== undefined);
}
