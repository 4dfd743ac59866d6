/** Explains one image: runs both models on it and reads the decision as a sum over words. */
import { resolve } from 'node:path';
import type { Explanation, PerturbationCurves } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import type { TaskInput } from '../jobs/index.ts';
import type { ModelRecord, ProjectReader, RunRecord } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { writeExplanationPage } from './explanation-page.ts';
import { buildExplanation } from './explanations.ts';
import { labelMatcher } from './labels.ts';
import {
  chosenRun,
  currentModel,
  imageFolder,
  imageReference,
  modelReference,
  withReader,
  wordModelOf,
} from './project-access.ts';
import type { RunChoice } from './services.ts';
import { silentWords } from './spoken-words.ts';
import { presentWords } from './word-groups.ts';
import { nameOf } from './words.ts';

/** Options of `explain`. */
export interface ExplainOptions extends RunChoice {
  /** Class whose evidence is shown. Default: the base model's top class. */
  readonly className?: string;
}

/** An image to look at: a file, one of the project's with what it was at import, or bytes in memory with a name for messages. */
export type ExplainedImage =
  { readonly path: string; readonly sha256?: string } | { readonly name: string; readonly bytes: Uint8Array };

/** @throws EngineError 'image-unreadable', 'image-refused', 'configuration' (no such class) */
export function explain(
  context: ServiceContext,
  path: string,
  imagePath: string,
  options: ExplainOptions,
  hooks: Hooks,
): Promise<Explanation> {
  return withReader(context, path, ({ read }) => {
    const run = chosenRun(read, options.runId);
    const { className } = options;
    const classIndex = className === undefined ? undefined : findClass(currentModel(read), className);
    return explainImage(context, read, run, { path: resolve(imagePath) }, classIndex, hooks);
  });
}

/**
 * Explains one image in the queue of short work, so that it works during learning.
 * @param classIndex whose evidence; undefined: the base model's top class
 * @throws EngineError 'image-unreadable', 'image-refused', 'configuration' (no such class)
 */
export async function explainImage(
  context: Pick<ServiceContext, 'interactive'>,
  read: ProjectReader,
  run: RunRecord,
  image: ExplainedImage,
  classIndex: number | undefined,
  hooks: Hooks = {},
): Promise<Explanation> {
  const input = jobInput(read, run, image, classIndex);
  return buildExplanation(read, run, input.imagePath, await context.interactive.run('explainImage', input, hooks));
}

/**
 * Insertion and deletion of the word map of one image, on the base model.
 * @param imageId when the image belongs to the project: words that were divided speak there as their children
 * @throws as `explainImage` does
 */
export async function explainCurves(
  context: Pick<ServiceContext, 'interactive'>,
  read: ProjectReader,
  run: RunRecord,
  image: ExplainedImage,
  imageId: number | null,
  classIndex: number | undefined,
  hooks: Hooks = {},
): Promise<PerturbationCurves> {
  const excludedWords = silentWords(presentWords(read, run), imageId);
  const input = { ...jobInput(read, run, image, classIndex), excludedWords };
  const { classIndex: followed, ...curves } = await context.interactive.run('explainCurves', input, hooks);
  return {
    ...curves,
    className: nameOf(read.models.get(run.modelId), followed),
    fractions: [...curves.fractions],
    insertion: [...curves.insertion],
    deletion: [...curves.deletion],
    randomInsertion: [...curves.randomInsertion],
    randomDeletion: [...curves.randomDeletion],
    fill: FILL,
  };
}

/** What stands where pixels are missing, as the engine does it. */
const FILL = 'blurred where insertion starts, the mean colour of the image in deletion';

/** What a job needs to explain an image. */
export function jobInput(
  read: ProjectReader,
  run: RunRecord,
  image: ExplainedImage,
  classIndex: number | undefined,
): TaskInput<'explainImage'> {
  const model = read.models.get(run.modelId);
  const wordModel = read.runs.wordModel(run.runId);
  return {
    model: modelReference(model),
    cut: model.cutPoint,
    wordModel: wordModelOf(read, run),
    ...(wordModel && { wordModelSha256: wordModel.sha256 }),
    ...('path' in image
      ? { imagePath: image.path, ...(image.sha256 !== undefined && { imageSha256: image.sha256 }) }
      : { imagePath: image.name, imageBytes: image.bytes }),
    ...(classIndex === undefined ? {} : { classIndex }),
  };
}

/** Explains and writes the page. */
export async function writeExplanation(
  context: ServiceContext,
  path: string,
  imagePath: string,
  htmlPath: string,
  options: ExplainOptions,
  hooks: Hooks,
): Promise<Explanation> {
  const explanation = await explain(context, path, imagePath, options, hooks);
  await withReader(context, path, ({ read }) =>
    writeExplanationPage(
      context,
      explanation,
      modelReference(currentModel(read)).preprocessing,
      (imageId) => imageReference(imageFolder(read), read.images.get(imageId)),
      resolve(htmlPath),
      hooks,
    ),
  );
  return explanation;
}

/** @throws EngineError 'configuration' naming the classes there are */
export function findClass({ classLabels }: ModelRecord, name: string): number {
  const index = labelMatcher(classLabels)(name);
  if (index === null) {
    throw new EngineError(
      'configuration',
      `The model has no class "${name}". Its classes: ${classLabels.slice(0, 20).join(', ')}${classLabels.length > 20 ? ', ...' : ''}.`,
      {
        found: name,
      },
    );
  }
  return index;
}
