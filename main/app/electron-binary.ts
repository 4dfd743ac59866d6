/** Where Electron's binary is, without asking Electron: `import 'electron'` in plain Node starts a download. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '../../node_modules/electron');

/** Path of the binary; undefined when it was never downloaded. */
export function electronBinary(): string | undefined {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(PACKAGE, 'dist');
  const noted = join(PACKAGE, 'path.txt');
  const binary = join(folder, existsSync(noted) ? readFileSync(noted, 'utf8') : 'electron');
  return existsSync(binary) ? binary : undefined;
}
