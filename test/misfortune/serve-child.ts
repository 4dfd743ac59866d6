/** Serve mode from the sources on given folders, until it is killed: prints its address. Used by saves.test.ts and windows.test.ts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJobQueue } from '../../main/jobs/index.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { silentLog } from '../../main/platform/log.ts';
import { startServer } from '../../main/server/index.ts';
import { createApplication } from '../../main/services/index.ts';

const [folder = '', resourcesFolder = ''] = process.argv.slice(2);
const pagesFolder = join(folder, 'pages');
mkdirSync(pagesFolder, { recursive: true });
writeFileSync(join(pagesFolder, 'index.html'), '<!doctype html><title>Vislex</title>');
const application = createApplication({
  jobs: createJobQueue(),
  interactive: createJobQueue(),
  clock: systemClock,
  log: silentLog,
  actor: 'tester',
  appVersion: '0.0.0',
  resourcesFolder,
  dataFolder: join(folder, 'data'),
});
const caller = { actor: 'tester', role: 'auditor' } as const;
const { address } = await startServer({ application, caller, pagesFolder, log: silentLog, port: 0 });
process.stdout.write(`${address}\n`);
