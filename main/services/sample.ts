/** The sample project: the demo in the user's data folder, made once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_EXTENSION } from '../platform/paths.ts';
import type { Hooks, ServiceContext } from './context.ts';
import { servicesOver } from './create-services.ts';
import { DEMO_SIZES, runDemo } from './demo.ts';
import { withReader } from './project-access.ts';

/** Folder below the data folder, and name of the project. */
const SAMPLE = 'sample';

/** Name that the demo gives its project. */
const DEMO_NAME = 'demo';

/**
 * Makes the sample project, or finishes the one that was cut off, or gives the one that is there.
 * @throws StoreError when the one that is there is damaged
 */
export async function openSample(context: ServiceContext, hooks: Hooks): Promise<{ readonly path: string }> {
  const folder = join(context.dataFolder, SAMPLE);
  const path = join(folder, DEMO_NAME + PROJECT_EXTENSION);
  const services = servicesOver(context);
  if (!existsSync(path)) {
    const { projectPath } = await runDemo(context, services, folder, hooks);
    return { path: projectPath };
  }
  const isWhole = await withReader(context, path, ({ read }) => read.runs.latestDone() !== undefined);
  if (!isWhole) {
    const { wordCount, seed } = DEMO_SIZES;
    await services.learn(path, { wordCount, seed }, hooks);
    await services.evaluate(path, { split: 'test' }, hooks);
  }
  return { path };
}
