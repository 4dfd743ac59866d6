/** Entry 1, Electron: puts the application together with its window. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, dialog } from 'electron';
import { registerScheme } from './app/asset-protocol.ts';
import { watchErrors } from './app/crash.ts';
import { startDesktop } from './app/desktop.ts';
import { createHost } from './app/dialogs.ts';
import { watchDoorstep, watchEnd } from './app/lifecycle.ts';
import { createLogFile } from './app/log-file.ts';
import { text } from './app/text/en.ts';
import { spawnUtility } from './app/utility-compute.ts';
import { createJobQueue } from './jobs/index.ts';
import { systemClock } from './platform/clock.ts';
import { createLog } from './platform/log.ts';
import { userDataFolder } from './platform/paths.ts';
import { systemUser } from './platform/system-user.ts';
import { createApplication } from './services/index.ts';

// Only an entry knows where it lies: when bundled, everything else moves to chunks.
const here = import.meta.dirname;
const root = join(here, '../..');

/** Runs the one instance to its end. */
async function run(dataFolder: string): Promise<void> {
  const logPath = join(dataFolder, 'logs', 'vislex.log');
  const log = createLog({ clock: systemClock, write: createLogFile(logPath) });
  watchErrors({ log, logPath });
  const doorstep = watchDoorstep();
  app.setAboutPanelOptions({
    applicationName: 'Vislex',
    applicationVersion: app.getVersion(),
    copyright: text.about.copyright,
    credits: text.about.comments,
  });
  await app.whenReady();
  const compute = (isBackground: boolean) =>
    createJobQueue({ workerPath: join(here, 'worker.js'), spawn: spawnUtility, isBackground });
  const actor = systemUser(process.env);
  const host = createHost(() => desktop.window(), app.getPath('documents'));
  const application = createApplication(
    {
      jobs: compute(true),
      interactive: compute(false),
      pictures: compute(false),
      clock: systemClock,
      log,
      actor,
      appVersion: app.getVersion(),
      resourcesFolder: join(root, 'resources'),
      dataFolder,
    },
    host,
  );
  const desktop = startDesktop({
    application,
    host,
    caller: { actor, role: 'auditor' },
    dataFolder,
    rendererFolder: join(here, '../renderer'),
    preload: join(here, '../preload/index.cjs'),
    logPath,
    log,
    isDevelopment: !app.isPackaged,
  });
  watchEnd(desktop, () => application.dispose(), log);
  doorstep.receive(desktop);
}

const dataFolder = userDataFolder({ platform: process.platform, env: process.env, home: homedir() });
// Before the lock, which belongs to this folder: two data folders are two applications.
app.setPath('userData', join(dataFolder, 'browser'));
registerScheme();
app.enableSandbox();
if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron becomes ready only after this module has been evaluated.
  run(dataFolder).catch((error: unknown) => {
    dialog.showErrorBox(
      'Vislex',
      text.failure.start.replace('$', () => String(error)),
    );
    app.exit(1);
  });
} else {
  app.quit();
}
