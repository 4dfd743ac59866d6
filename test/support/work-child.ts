/** Makes a project or learns in a process of its own, saying each step, until it is done or killed. Used by test/services/interrupted.test.ts. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Hooks } from '../../main/services/index.ts';
import { TINY_LEARN, tinyServices } from './tiny-project.ts';

const [folder, action, path] = process.argv.slice(2) as [string, 'new' | 'learn', string];
const services = tinyServices(folder);
const hooks: Hooks = { onProgress: ({ phase, done }) => writeSync(1, `${phase} ${done}\n`) };
if (action === 'learn') await services.learn(path, TINY_LEARN, hooks);
else {
  const options = { modelPath: join(folder, 'tiny.onnx'), imagesFolder: join(folder, 'images'), preprocess: 'unit' };
  await services.createProject(path, options, hooks);
}
await services.dispose();
