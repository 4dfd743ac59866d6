/** Puts the program together with the real world: folders, user, signals, services. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../platform/clock.ts';
import { createLog, silentLog } from '../platform/log.ts';
import type { Log, LogLevel } from '../platform/log.ts';
import { userDataFolder } from '../platform/paths.ts';
import { systemUser } from '../platform/system-user.ts';
import { watchInterrupts } from './interrupt.ts';
import { createOutput } from './output.ts';
import { runCommandLine } from './program.ts';

/** Entries lie two folders below the root of the package, in a checkout (main/cli) as when built (out/main). */
const ROOT_FROM_ENTRY = '../..';

/** Where the build puts the pages. */
const PAGES_FROM_ROOT = 'out/renderer';

function readVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}

/**
 * Runs the command of this process's arguments to its end.
 * @param entryFolder folder of the entry's file
 * @param worker path of the compute process's file, from that folder
 * @returns exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function start(entryFolder: string, worker: string): Promise<number> {
  const { env, platform } = process;
  const root = join(entryFolder, ROOT_FROM_ENTRY);
  const appVersion = readVersion(root);
  const output = createOutput({ stdout: process.stdout, stderr: process.stderr, env });
  const interrupts = watchInterrupts(process, output);
  const logAt = (level: LogLevel): Log => createLog({ clock: systemClock, write: output.diagnostic, level });
  const actor = systemUser(env);
  const surroundings = {
    clock: systemClock,
    actor,
    appVersion,
    resourcesFolder: join(root, 'resources'),
    dataFolder: userDataFolder({ platform, env, home: homedir() }),
  };
  let dispose: (() => Promise<void>) | undefined;
  try {
    return await runCommandLine(process.argv.slice(2), {
      output,
      appVersion,
      folder: process.cwd(),
      signal: interrupts.signal,
      now: () => performance.now(),
      openServices: async ({ isVerbose }) => {
        const [{ createJobQueue }, { createServices }] = await loadServices();
        const services = createServices({
          ...surroundings,
          jobs: createJobQueue({ workerPath: join(entryFolder, worker) }),
          log: isVerbose ? logAt('info') : silentLog,
        });
        dispose = () => services.dispose();
        return services;
      },
      openApplication: async ({ isVerbose }) => {
        const [{ createJobQueue }, { createApplication }] = await loadServices();
        // A server's mistakes are seen by nobody else.
        const log = logAt(isVerbose ? 'info' : 'error');
        const queue = (isBackground: boolean) =>
          createJobQueue({ workerPath: join(entryFolder, worker), isBackground });
        const application = createApplication({
          ...surroundings,
          jobs: queue(true),
          interactive: queue(false),
          pictures: queue(false),
          log,
        });
        return { application, log, actor, pagesFolder: join(root, PAGES_FROM_ROOT) };
      },
    });
  } finally {
    await dispose?.();
    interrupts.end();
  }
}

/** Loaded late: help and usage errors load nothing heavy. */
function loadServices() {
  return Promise.all([import('../jobs/index.ts'), import('../services/index.ts')]);
}
