/** Learns in a process of its own, saying each step, until it is done or killed. Used by test/services/interrupted.test.ts. */
import { writeSync } from 'node:fs';
import { TINY_LEARN, tinyServices } from './tiny-project.ts';

const [folder, path] = process.argv.slice(2) as [string, string];
const services = tinyServices(folder);
await services.learn(path, TINY_LEARN, { onProgress: ({ phase, done }) => writeSync(1, `${phase} ${done}\n`) });
await services.dispose();
