/** Makes projects and tells what is in them. */
import { basename, dirname, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { Assessment, ImageCounts, ProjectSummary } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import { notAssessed } from '../engine/metrics/measure.ts';
import { measureRate } from '../engine/metrics/interval.ts';
import { placeNewFile, removeIfThere, temporaryPathFor } from '../platform/files.ts';
import { nameOf, PROJECT_EXTENSION, syncedFolderService } from '../platform/paths.ts';
import { createProject, StoreError } from '../store/index.ts';
import type { ImageCount, JsonObject, NewModel, ProjectReader } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { importImages, listFolder } from './datasets.ts';
import { labelMatcher, readLabels } from './labels.ts';
import { provePreprocessing } from './preprocessing.ts';
import { currentModel, IMAGE_FOLDER, withReader } from './project-access.ts';
import { summarizeModel, summarizeRun } from './summaries.ts';
import type { NewProjectOptions } from './services.ts';

/** Setting: facts the user should know since import. */
const IMPORT_NOTES = 'importNotes';

/**
 * Reads model and images, proves the preprocessing, and only then makes the file, under another name until all is in it:
 * a failure leaves nothing behind, and an end at any moment no half-made project.
 */
export async function createNewProject(
  context: ServiceContext,
  path: string,
  options: NewProjectOptions,
  hooks: Hooks,
): Promise<ProjectSummary> {
  const projectPath = resolve(path);
  checkTarget(projectPath);
  const modelPath = resolve(options.modelPath);
  const model = { modelPath, allowExternalData: true };
  const inspected = await context.jobs.run(
    'inspectModel',
    { ...model, ...(options.cut === undefined ? {} : { cut: options.cut }) },
    hooks,
  );
  const { input, output } = inspected.inspection;
  const labels = readLabels(options.labelsPath, modelPath, output.classCount);
  const images = await listFolder(options.imagesFolder, options.masksFolder);
  const labelOf = labelMatcher(labels);
  if (input.height === undefined || input.width === undefined) {
    throw new EngineError(
      'model-unsupported',
      `${JSON.stringify(modelPath)} takes images of any size. Export it with the size in px that it was trained with.`,
      {
        file: modelPath,
        tensor: input.name,
      },
    );
  }
  const facts = { width: input.width, height: input.height, channels: input.channels, layout: input.layout };
  const proven = await provePreprocessing(context, model, facts, images, labelOf, options.preprocess, hooks);

  const buildPath = temporaryPathFor(projectPath);
  const project = createProject(buildPath, {
    name: nameOf(projectPath),
    appVersion: context.appVersion,
    actor: context.actor,
    clock: context.clock,
    log: context.log,
  });
  try {
    const newModel: NewModel = {
      path: modelPath,
      sha256: inspected.parts[0]!.sha256,
      sizeBytes: inspected.parts[0]!.sizeBytes,
      opset: inspected.info.opset,
      inputName: input.name,
      inputLayout: input.layout === 'NCHW' ? 'nchw' : 'nhwc',
      inputHeight: input.height,
      inputWidth: input.width,
      outputName: output.name,
      outputKind: output.kind,
      preprocessing: proven.preprocessing as unknown as JsonObject,
      classLabels: labels,
      cutPoint: inspected.cutPoint.tensor,
      headKind: inspected.headKind === 'gap-linear' ? 'gapLinear' : 'other',
      attentionSource: inspected.headKind === 'gap-linear' ? 'closedForm' : 'differentiated',
      externalData: inspected.parts.slice(1).map(({ name, sha256, sizeBytes }) => ({ path: name, sha256, sizeBytes })),
      details: {
        contentHash: inspected.sha256,
        featureShape: [inspected.cutPoint.channels, inspected.cutPoint.height, inspected.cutPoint.width],
        cutAlternatives: inspected.alternatives.map(({ tensor }) => tensor),
        preprocessingName: proven.name,
        producer: `${inspected.info.producerName} ${inspected.info.producerVersion}`.trim(),
      },
    };
    project.write.models.add(context.actor, newModel);
    project.write.settings.set(context.actor, IMAGE_FOLDER, images.folder);
    const report = await importImages(context, project, images, labelOf, hooks);
    if (report.okCount === 0) {
      throw new EngineError(
        'too-few-images',
        `None of the ${images.paths.length} images in ${JSON.stringify(images.folder)} can be read.`,
        {
          file: images.folder,
        },
      );
    }
    const synced = syncedFolderService(projectPath);
    const notes = [
      ...proven.notes,
      ...report.notes,
      ...(synced === undefined
        ? []
        : [
            `The project lies in a folder that ${synced} copies to other machines; that can damage it. Move it to a local folder.`,
          ]),
    ];
    project.write.settings.set(context.actor, IMPORT_NOTES, notes);
    if (proven.trial?.accuracy !== undefined) {
      const { accuracy, labelledCount } = proven.trial;
      project.write.settings.set(context.actor, 'sampleAccuracy', {
        right: Math.round(accuracy * labelledCount),
        n: labelledCount,
      });
    }
    project.close();
    checkWhole(buildPath);
    placeNewFile(buildPath, projectPath);
  } catch (error) {
    throw namingTarget(error, buildPath, projectPath);
  } finally {
    try {
      project.close();
    } finally {
      for (const suffix of ['', '-wal', '-shm', '-lock']) removeIfThere(buildPath + suffix);
    }
  }
  return summarizeProject(context, projectPath);
}

/** Closing moves the log into the file, and keeps it when the disk has no room for that: the file alone is then not whole. */
function checkWhole(path: string): void {
  if (!existsSync(`${path}-wal`)) return;
  throw new StoreError(
    'disk-full',
    `The disk that holds ${JSON.stringify(path)} is full: no project was made. Free some space and try again.`,
    { file: path },
  );
}

/** The same failure of the store, naming the project that was asked for instead of the file it is built in. */
function namingTarget(error: unknown, buildPath: string, projectPath: string): unknown {
  if (!(error instanceof StoreError) || error.details.file !== buildPath) return error;
  const message = error.message.replaceAll(buildPath, () => projectPath);
  return new StoreError(error.code, message, { ...error.details, file: projectPath }, { cause: error });
}

/** Refuses a target before any work is done. */
function checkTarget(path: string): void {
  if (!path.endsWith(PROJECT_EXTENSION)) {
    throw new EngineError(
      'configuration',
      `A project's name ends with "${PROJECT_EXTENSION}"; ${JSON.stringify(path)} does not.`,
      {
        file: path,
      },
    );
  }
  if (existsSync(path)) {
    throw new StoreError(
      'project-exists',
      `${JSON.stringify(path)} exists already. Choose another name, or go on with it: "vislex learn".`,
      {
        file: path,
      },
    );
  }
  if (!existsSync(dirname(path))) {
    throw new EngineError(
      'configuration',
      `The folder ${JSON.stringify(dirname(path))} does not exist. Make it first.`,
      {
        file: dirname(path),
      },
    );
  }
}

/** A project at a glance. */
export function summarizeProject(context: ServiceContext, path: string): Promise<ProjectSummary> {
  return withReader(context, path, async ({ read, path: projectPath }) => {
    const notes = read.settings.get(IMPORT_NOTES);
    const images = countImages(read.images.counts());
    return {
      path: projectPath,
      createdAt: read.project().createdAt,
      model: summarizeModel(currentModel(read)),
      images,
      baseAccuracy: await baseAccuracy(context, projectPath, read),
      runs: read.runs.list().map((run) => summarizeRun(read, run)),
      leftOut: leftOut(read),
      warnings: [...(Array.isArray(notes) ? notes.map(String) : []), ...countWarnings(images, basename(projectPath))],
    };
  });
}

function countImages(counts: readonly ImageCount[]): ImageCounts {
  const sum = (matches: (count: ImageCount) => boolean) =>
    counts.filter(matches).reduce((total, { count }) => total + count, 0);
  const ok = (count: ImageCount) => count.status === 'ok';
  return {
    total: sum(() => true),
    train: sum((count) => ok(count) && count.split === 'train'),
    validation: sum((count) => ok(count) && count.split === 'validation'),
    test: sum((count) => ok(count) && count.split === 'test'),
    unreadable: sum(({ status }) => status === 'unreadable'),
    duplicate: sum(({ status }) => status === 'duplicate'),
    labelled: sum((count) => ok(count) && count.labelIndex !== null),
  };
}

function countWarnings(images: ImageCounts, name: string): string[] {
  const listed = `"vislex info ${name}" lists them.`;
  return [
    ...(images.unreadable > 0 ? [`${images.unreadable} images cannot be read and are left out. ${listed}`] : []),
    ...(images.duplicate > 0
      ? [`${images.duplicate} images have the same content as another and are left out. ${listed}`]
      : []),
  ];
}

/** Left-out images shown in a summary. */
const LEFT_OUT_SHOWN = 100;

function leftOut(read: ProjectReader): ProjectSummary['leftOut'] {
  const page = { limit: LEFT_OUT_SHOWN };
  return [...read.images.list({ status: 'unreadable' }, page), ...read.images.list({ status: 'duplicate' }, page)]
    .slice(0, LEFT_OUT_SHOWN)
    .map(({ path, reason }) => ({ path, reason: reason ?? '' }));
}

/** Base model's accuracy: over all labelled images once their logits are stored, before that over the samples. */
async function baseAccuracy(context: ServiceContext, path: string, read: ProjectReader): Promise<Assessment> {
  if (read.models.outputCount(currentModel(read).modelId) > 0) {
    const { labels, basePredictions } = await context.reading.imageColumns(path, undefined);
    let right = 0;
    let n = 0;
    basePredictions.forEach((predicted, index) => {
      if (predicted < 0 || labels[index]! < 0) return;
      n++;
      if (predicted === labels[index]) right++;
    });
    if (n > 0) return measureRate(right, n);
  }
  const sample = read.settings.get('sampleAccuracy') as { right: number; n: number } | undefined;
  return sample ? measureRate(sample.right, sample.n) : notAssessed('no image is labelled with a class of the model');
}
