/** Attributions of one image by several methods, in the contract's words. */
import { relative, resolve } from 'node:path';
import { ATTRIBUTION_METHODS } from '../../preload/contract/index.ts';
import type { AttributedWord, AttributionMethod, AttributionReport } from '../../preload/contract/index.ts';
import { CHANCE_HALF_IOU, INTEGRATION_STEPS } from '../engine/attribution/index.ts';
import { EngineError } from '../engine/errors.ts';
import type { AttributeImageOutput } from '../jobs/index.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { EXPLAINED_IMAGE, picturesOfAttributions, renderAttributions } from '../report/index.ts';
import type { ProjectReader, RunRecord } from '../store/index.ts';
import { nameOf } from './class-names.ts';
import { compactMap } from './compact-map.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { findClass, jobInput } from './explaining.ts';
import { drawPictures } from './pictures.ts';
import { chosenRun, currentModel, imageFolder, modelReference, withReader, wordModelOf } from './project-access.ts';
import type { AttributeOptions } from './services.ts';
import { silentWords, spokenWords } from './spoken-words.ts';
import { wordBackground } from './word-background.ts';
import { presentWords } from './word-groups.ts';
import type { PresentWords } from './word-groups.ts';

/** Superpixels wanted: at 224 px about 30 px wide, the size of a part, and few enough for LIME and SHAP. */
const SEGMENTS = 50;

/** Images LIME and KernelSHAP may each ask about. */
const SAMPLES = 400;

/** The same image and seed have the same attributions. */
const SEED = 1;

/**
 * Attributes one logit of the base model.
 * @throws EngineError 'image-unreadable', 'image-refused', 'configuration' (no such class or method, too few samples)
 */
export async function attribute(
  context: ServiceContext,
  path: string,
  imagePath: string,
  options: AttributeOptions,
  hooks: Hooks,
): Promise<AttributionReport> {
  const methods = checkedMethods(options.methods ?? ATTRIBUTION_METHODS);
  return withReader(context, path, async ({ read }) => {
    const run = chosenRun(read, options.runId);
    const { className, samples = SAMPLES, seed = SEED } = options;
    const classIndex = className === undefined ? undefined : findClass(currentModel(read), className);
    const present = presentWords(read, run);
    const absolute = resolve(imagePath);
    const imageId = read.images.byPath(relative(imageFolder(read), absolute).replaceAll('\\', '/'))?.imageId ?? null;
    const output = await context.interactive.run(
      'attributeImage',
      {
        ...jobInput(read, run, { path: absolute }, classIndex),
        methods,
        sampleCount: samples,
        segmentCount: SEGMENTS,
        steps: INTEGRATION_STEPS,
        seed,
        background: await wordBackground(read, run, wordModelOf(read, run), present),
        silentWords: silentWords(present, imageId),
      },
      hooks,
    );
    return buildReport(read, run, { imagePath: absolute, imageId, seed, present }, output);
  });
}

/** Attributes and writes one self-contained HTML file with the maps. */
export async function writeAttributions(
  context: ServiceContext,
  path: string,
  imagePath: string,
  htmlPath: string,
  options: AttributeOptions,
  hooks: Hooks,
): Promise<AttributionReport> {
  const report = await attribute(context, path, imagePath, options, hooks);
  const preprocessing = await withReader(context, path, ({ read }) => modelReference(currentModel(read)).preprocessing);
  const image = { key: EXPLAINED_IMAGE, path: report.imagePath, sha256: report.sha256 };
  const addresses = new Map<string, string>();
  await drawPictures(context, picturesOfAttributions(report), [image], preprocessing, hooks, (picture) => {
    const { key, format, bytes } = picture;
    addresses.set(key, `data:image/${format};base64,${Buffer.from(bytes).toString('base64')}`);
  });
  writeFileAtomic(resolve(htmlPath), renderAttributions(report, addresses));
  return report;
}

function checkedMethods(methods: readonly string[]): AttributionMethod[] {
  const known = ATTRIBUTION_METHODS.filter((method) => methods.includes(method));
  const unknown = methods.find((method) => !known.some((one) => one === method));
  if (unknown === undefined && known.length > 0) return known;
  throw new EngineError(
    'configuration',
    `${unknown === undefined ? 'No method is named.' : `There is no method "${unknown}".`} The methods: ${ATTRIBUTION_METHODS.join(', ')}.`,
    { expected: ATTRIBUTION_METHODS.join(', '), found: methods.join(', ') },
  );
}

function buildReport(
  read: ProjectReader,
  run: RunRecord,
  given: {
    readonly imagePath: string;
    readonly imageId: number | null;
    readonly seed: number;
    readonly present: PresentWords;
  },
  output: AttributeImageOutput,
): AttributionReport {
  const { sha256, classIndex, baseLogit, refused, agreement, random } = output;
  const model = read.models.get(run.modelId);
  const words = output.attributions.find((one) => one.words !== undefined)?.words;
  return {
    imagePath: given.imagePath,
    sha256,
    classIndex,
    className: nameOf(model, classIndex),
    baseLogit,
    baseClassName: nameOf(model, output.baseClass),
    seed: given.seed,
    attributions: output.attributions.map(({ map, height, width, words: _, ...one }) => ({
      ...one,
      map: compactMap(map, height, width),
    })),
    refused,
    words: words === undefined ? [] : attributedWords(given.present, words, given.imageId),
    agreement: { ...agreement, chance: { rankCorrelation: 0, halfIou: CHANCE_HALF_IOU } },
    random,
  };
}

/** Merged words as one; the sum stays. */
function attributedWords(present: PresentWords, values: Float64Array, imageId: number | null): AttributedWord[] {
  return spokenWords(present, values, imageId)
    .map(({ index, name, learned }) => ({
      wordIndex: index,
      name,
      contribution: learned.reduce((sum, word) => sum + values[word]!, 0),
    }))
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.wordIndex - b.wordIndex);
}
