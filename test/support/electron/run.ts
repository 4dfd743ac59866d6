/** Runs a built main process under the stand-in: `node run.ts <main> [arguments]`. A parent with a channel sees backstage. */
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { answerParent } from './backstage.ts';
import { standInOfThisProcess } from './this-process.ts';

const MODULE = pathToFileURL(resolve(import.meta.dirname, 'electron.ts')).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: MODULE, shortCircuit: true, format: 'module-typescript' }
      : next(specifier, context),
});

const [node = '', , main = '', ...args] = process.argv;
// Electron in development: the program, the application's folder, then the person's arguments.
process.argv = [node, resolve(import.meta.dirname, '../../..'), ...args];

const standIn = standInOfThisProcess();
answerParent(standIn);
await import(pathToFileURL(resolve(main)).href);
standIn.electron.app.afterEntry();
