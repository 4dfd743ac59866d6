/** Verifies a project: what the store can check, then the files it only points to. */
import { resolve } from 'node:path';
import { EngineError } from '../engine/errors.ts';
import { FileError, sha256OfFile } from '../platform/files.ts';
import type { ImageRecord } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { currentModel, imageFolder, withReader } from './project-access.ts';
import type { VerifyLine, VerifyResult } from './services.ts';

/** Checks everything and names the first broken thing of each kind; the rows are read in a thread of their own. */
export function verifyProject(context: ServiceContext, path: string, hooks: Hooks): Promise<VerifyResult> {
  return withReader(context, path, async ({ read, path: file }) => {
    const report = await context.upkeep.verify(file);
    const checks: VerifyLine[] = [...report.checks];
    // Rows that are broken cannot say where the files are.
    if (report.isOk) {
      checks.push(await checkModel(currentModel(read)));
      checks.push(await checkImages(imageFolder(read), read.images.list({ status: 'ok' }), hooks));
    }
    return { isOk: checks.every(({ isOk }) => isOk), checks, journalHead: report.journalHead.hash };
  });
}

async function checkModel(model: {
  readonly path: string;
  readonly sha256: string;
  readonly externalData: readonly { readonly path: string; readonly sha256: string }[];
}): Promise<VerifyLine> {
  const files = [
    { path: model.path, sha256: model.sha256 },
    ...model.externalData.map((file) => ({ path: resolve(model.path, '..', file.path), sha256: file.sha256 })),
  ];
  for (const [index, file] of files.entries()) {
    const broken = await compare(file.path, file.sha256);
    if (broken !== null) return { name: 'model file', isOk: false, checked: index + 1, broken };
  }
  return { name: 'model file', isOk: true, checked: files.length, broken: null };
}

async function checkImages(folder: string, images: readonly ImageRecord[], hooks: Hooks): Promise<VerifyLine> {
  for (const [index, image] of images.entries()) {
    if (hooks.signal?.aborted) throw new EngineError('cancelled', 'Verifying was cancelled; nothing was changed.');
    const broken = await compare(resolve(folder, image.path), image.sha256!);
    if (broken !== null) return { name: 'image files', isOk: false, checked: index + 1, broken };
    hooks.onProgress?.({
      phase: 'verify',
      done: index + 1,
      total: images.length,
      unit: 'images',
      ratePerSecond: undefined,
      secondsLeft: undefined,
      message: undefined,
    });
  }
  return { name: 'image files', isOk: true, checked: images.length, broken: null };
}

/** Null when the file holds what it held at import. */
async function compare(path: string, sha256: string): Promise<string | null> {
  try {
    const found = await sha256OfFile(path);
    return found === sha256
      ? null
      : `${path} has changed since it was imported (SHA-256 ${found.slice(0, 12)}..., expected ${sha256.slice(0, 12)}...).`;
  } catch (error) {
    if (error instanceof FileError) return error.message;
    throw error;
  }
}
