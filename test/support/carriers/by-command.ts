/** Hands for the command line: every action is a command of its own, as a script gives it. */
import { CallError } from '../../../preload/contract/index.ts';
import type { HistoryLine, RunSummary, WordSheet } from '../../../preload/contract/index.ts';
import { runInProcess } from '../run-cli.ts';
import { TINY_LEARN, tinyServices } from '../tiny-project.ts';
import type { Change, OpenHands } from './carrier.ts';

const changeOf = ({ sequence, actor, action }: HistoryLine): Change => ({ sequence, actor, action });

/** Opens nothing: each command opens the project and closes it. */
export const byCommand: OpenHands = (world, path) => {
  const command = async (...argv: readonly string[]): Promise<unknown> => {
    const services = tinyServices(world.folder);
    try {
      const { code, stdout, stderr } = await runInProcess([...argv, '--json', '--quiet'], services);
      if (code === 0) return JSON.parse(stdout) as unknown;
      throw new CallError((JSON.parse(stderr) as { error: ConstructorParameters<typeof CallError>[0] }).error);
    } finally {
      await services.dispose();
    }
  };
  const { preset, wordCount, seed, device } = TINY_LEARN;
  return Promise.resolve({
    learn: async () => {
      const options = ['--preset', preset!, '--words', String(wordCount), '--seed', String(seed), '--device', device!];
      const run = (await command('learn', path, ...options)) as RunSummary;
      return { preset: run.preset, wordCount: run.wordCount, status: run.status };
    },
    names: async () => {
      const { words } = (await command('words', path)) as WordSheet;
      return words.toSorted((one, other) => one.index - other.index).map(({ name }) => name);
    },
    rename: async (word, name) => {
      const line = (await command('rename', path, String(word), name)) as HistoryLine | null;
      return line && changeOf(line);
    },
    undo: async () => changeOf((await command('undo', path)) as HistoryLine),
    redo: async () => changeOf((await command('redo', path)) as HistoryLine),
    history: async () => ((await command('history', path, '--limit', '50')) as HistoryLine[]).map(changeOf),
    verify: async () => ((await command('verify', path)) as { readonly isOk: boolean }).isOk,
    close: () => Promise.resolve(),
  });
};
