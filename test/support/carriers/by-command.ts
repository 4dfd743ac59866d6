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
  const changeBy = async (...argv: readonly string[]): Promise<Change | null> => {
    const line = (await command(...argv)) as HistoryLine | null;
    return line && changeOf(line);
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
    rename: (word, name) => changeBy('rename', path, String(word), name),
    merge: (leader, members) => changeBy('merge', path, String(leader), ...members.map(String)),
    separate: (leader) => changeBy('separate', path, String(leader)),
    split: (word) => changeBy('split', path, String(word)),
    rejoin: (word) => changeBy('rejoin', path, String(word)),
    describe: (word, { name, status, note, tags, isExcluded }) => {
      const options = [
        ...(name === undefined || name === null ? [] : ['--name', name]),
        ...(status === undefined ? [] : ['--status', status]),
        ...(note === undefined ? [] : ['--note', note]),
        ...(tags ?? []).flatMap((tag) => ['--tag', tag]),
        ...(isExcluded === undefined ? [] : [isExcluded ? '--exclude' : '--include']),
      ];
      return changeBy('edit', path, String(word), ...options);
    },
    undo: async () => changeOf((await command('undo', path)) as HistoryLine),
    redo: async () => changeOf((await command('redo', path)) as HistoryLine),
    history: async () => ((await command('history', path, '--limit', '50')) as HistoryLine[]).map(changeOf),
    verify: async () => ((await command('verify', path)) as { readonly isOk: boolean }).isOk,
    close: () => Promise.resolve(),
  });
};
