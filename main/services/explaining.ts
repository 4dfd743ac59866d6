/** Explains one image: runs both models on it and reads the decision as a sum over words. */
import { resolve } from 'node:path';
import type { Explanation } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import type { ModelRecord } from '../store/index.ts';
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

/** Options of `explain`. */
export interface ExplainOptions extends RunChoice {
  /** Class whose evidence is shown. Default: the base model's top class. */
  readonly className?: string;
}

/** @throws EngineError 'image-unreadable', 'image-refused', 'configuration' (no such class) */
export function explain(
  context: ServiceContext,
  path: string,
  imagePath: string,
  options: ExplainOptions,
  hooks: Hooks,
): Promise<Explanation> {
  return withReader(context, path, async ({ read }) => {
    const run = chosenRun(read, options.runId);
    const model = currentModel(read);
    const classIndex = options.className === undefined ? undefined : findClass(model, options.className);
    const output = await context.jobs.run(
      'explainImage',
      {
        model: modelReference(model),
        cut: model.cutPoint,
        wordModel: wordModelOf(read, run),
        imagePath: resolve(imagePath),
        ...(classIndex === undefined ? {} : { classIndex }),
      },
      hooks,
    );
    return buildExplanation(read, run, resolve(imagePath), output);
  });
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

function findClass({ classLabels }: ModelRecord, name: string): number {
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
