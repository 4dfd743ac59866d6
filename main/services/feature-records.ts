/** The feature cache as short tasks use it: where it lies, and what to do when it is gone. */
import { join } from 'node:path';
import { EngineError } from '../engine/errors.ts';
import type { Preprocessing } from '../engine/image/preprocess.ts';
import { featureCacheKey } from '../jobs/index.ts';
import type { ModelReference } from '../jobs/index.ts';
import { featureCacheFolder } from '../platform/paths.ts';
import type { ModelRecord } from '../store/index.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { extractFeatures } from './extraction.ts';
import { modelReference, withReader } from './project-access.ts';

/** What every task that reads features is told. */
export interface FeatureInput {
  readonly model: ModelReference & { readonly preprocessing: Preprocessing };
  /** Name of the tensor at the cut point. */
  readonly cut: string;
  readonly cacheFolder: string;
}

/** @param projectPath path of the project file */
export function featureInput(projectPath: string, model: ModelRecord): FeatureInput {
  const reference = modelReference(model);
  const identity = {
    modelSha256: String(model.details['contentHash']),
    preprocessing: reference.preprocessing,
    cut: model.cutPoint,
  };
  return {
    model: reference,
    cut: model.cutPoint,
    cacheFolder: join(featureCacheFolder(projectPath), featureCacheKey(identity)),
  };
}

/** Runs a task that reads features; where the cache is gone or incomplete, it is made again and the task once more. */
export async function withFeatures<Output>(
  context: ServiceContext,
  projectPath: string,
  hooks: Hooks,
  task: () => Promise<Output>,
): Promise<Output> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'cache') throw error;
    await withReader(context, projectPath, (project) => extractFeatures(context, project, 'cpu', hooks));
    return await task();
  }
}
