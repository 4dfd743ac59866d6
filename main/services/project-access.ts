/** Opens projects for services, and turns stored rows into what jobs need. */
import { resolve } from 'node:path';
import { InvariantError } from '../engine/errors.ts';
import type { Preprocessing } from '../engine/image/preprocess.ts';
import { decodeWordModel } from '../engine/words/word-model-codec.ts';
import type { WordModel } from '../engine/words/word-model.ts';
import type { ImageReference, ModelReference } from '../jobs/index.ts';
import { openProject, StoreError } from '../store/index.ts';
import type { ImageRecord, ModelRecord, Project, ProjectReader, ReadonlyProject, RunRecord } from '../store/index.ts';
import type { ServiceContext } from './context.ts';

/** Setting: absolute path that image paths start from. */
export const IMAGE_FOLDER = 'imageFolder';

/**
 * Does something with a project that may be written to: the open one, or one that is opened for it and closed after,
 * whatever happens.
 */
export async function withProject<T>(
  context: ServiceContext,
  path: string,
  action: (project: Project) => T | Promise<T>,
): Promise<T> {
  const open = context.projects.byPath(path)?.writer;
  if (open) {
    const result = await action(open);
    // What was done to a file that went away meanwhile is not done.
    context.projects.byPath(path);
    return result;
  }
  const project = openProject(resolve(path), { clock: context.clock, log: context.log });
  try {
    return await action(project);
  } finally {
    project.close();
  }
}

/** Reads a project, the open one or one that is opened for it, beside a writer if there is one. */
export async function withReader<T>(
  context: ServiceContext,
  path: string,
  action: (project: ReadonlyProject) => T | Promise<T>,
): Promise<T> {
  const open = context.projects.byPath(path)?.reader;
  if (open) return await action(open);
  const project = openProject(resolve(path), { readonly: true, clock: context.clock, log: context.log });
  try {
    return await action(project);
  } finally {
    project.close();
  }
}

/** The project's base model. */
export function currentModel(read: ProjectReader): ModelRecord {
  const model = read.models.current();
  if (!model) throw new StoreError('not-found', 'The project has no base model yet. Make a new project with one.');
  return model;
}

/** A model as jobs want it; another content than at import is refused there. */
export function modelReference(model: ModelRecord): ModelReference & { readonly preprocessing: Preprocessing } {
  return {
    modelPath: model.path,
    modelSha256: String(model.details['contentHash']),
    allowExternalData: model.externalData.length > 0,
    imageSize: { width: model.inputWidth, height: model.inputHeight },
    preprocessing: model.preprocessing as unknown as Preprocessing,
  };
}

/** Absolute folder the images lie in. */
export function imageFolder(read: ProjectReader): string {
  const folder = read.settings.get(IMAGE_FOLDER);
  if (typeof folder !== 'string') throw new InvariantError('the project has no image folder');
  return folder;
}

/** An image as jobs want it. */
export function imageReference(folder: string, image: ImageRecord): ImageReference {
  if (image.sha256 === null) throw new InvariantError(`image ${image.imageId} has no content hash`);
  return { path: resolve(folder, image.path), sha256: image.sha256 };
}

/**
 * The run that is asked for, or the newest one that is done.
 * @throws StoreError 'not-found' saying what to do
 */
export function chosenRun(read: ProjectReader, runId: number | undefined): RunRecord {
  const run = runId === undefined ? read.runs.latestDone() : read.runs.get(runId);
  if (!run)
    throw new StoreError('not-found', 'No words have been learned yet. Run "vislex learn" on the project first.');
  if (run.status !== 'done') {
    throw new StoreError(
      'not-found',
      `Run ${run.runId} is ${run.status}, it has no words yet. Run "vislex learn" again to finish it.`,
      {
        table: 'runs',
        row: String(run.runId),
      },
    );
  }
  return run;
}

/**
 * The learned parameters of a run that is done.
 * @throws EngineError 'checkpoint' when they cannot be read
 */
export function wordModelOf(read: ProjectReader, run: RunRecord): WordModel {
  const record = read.runs.wordModel(run.runId);
  if (!record) throw new InvariantError(`run ${run.runId} is done without a word model`);
  return decodeWordModel(record.bytes);
}
