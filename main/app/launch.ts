/** `npm start`: opens the built window with Electron, or says in one sentence what is missing and what to use instead. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Where npm keeps Electron's binary, or undefined when it was never downloaded. Not `import 'electron'`: outside
 * Electron that starts the download by itself.
 */
function electronBinary(): string | undefined {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(ROOT, 'node_modules/electron/dist');
  const noted = join(ROOT, 'node_modules/electron/path.txt');
  const binary = join(folder, existsSync(noted) ? readFileSync(noted, 'utf8') : 'electron');
  return existsSync(binary) ? binary : undefined;
}

function main(): number {
  const binary = electronBinary();
  if (binary === undefined) {
    console.error(
      'The Electron binary is not installed: fetch it with "npx install-electron", or use the command line, ' +
        '"npm run -s vislex -- --help".',
    );
    return 1;
  }
  return spawnSync(binary, [ROOT], { stdio: 'inherit' }).status ?? 1;
}

process.exitCode = main();
