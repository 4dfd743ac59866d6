/** Hands for the carriers that speak the contract: the same calls, whatever carries them. */
import { CallError } from '../../../preload/contract/index.ts';
import type {
  ChangeResult,
  HistoryLine,
  Input,
  JobSnapshot,
  JobTicket,
  Output,
  ProcedureName,
  WordEdit,
} from '../../../preload/contract/index.ts';
import type { Carrier } from '../../../renderer/transport/carrier.ts';
import { TINY_LEARN } from '../tiny-project.ts';
import type { Change, Hands } from './carrier.ts';

/** Between two looks at a job, ms. */
const POLL_MS = 20;

const changeOf = ({ sequence, actor, action }: HistoryLine): Change => ({ sequence, actor, action });

/** Opens a project over a carrier. @param end what to do at the end */
export async function handsByCall(carrier: Carrier, path: string, end: () => Promise<void>): Promise<Hands> {
  const call = async <Name extends ProcedureName>(name: Name, input: Input<Name>): Promise<unknown> => {
    const reply = await carrier.call(name, input);
    if (reply.ok) return reply.value;
    throw new CallError(reply.error);
  };
  const finish = async <Name extends ProcedureName>(name: Name, input: Input<Name>): Promise<Output<Name>> => {
    const { jobId } = (await call(name, input)) as JobTicket;
    for (;;) {
      const jobs = (await call('jobs.list', {})) as readonly JobSnapshot[];
      const job = jobs.find((each) => each.jobId === jobId)!;
      if (job.state === 'done') return (await call('jobs.result', { jobId })) as Output<Name>;
      if (job.error) throw new CallError(job.error);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  const change = async (name: 'history.undo' | 'history.redo'): Promise<Change> =>
    changeOf(((await call(name, { project })) as ChangeResult).line!);
  const lineOf = ({ line }: ChangeResult): Change | null => line && changeOf(line);
  const edit = async (said: WordEdit): Promise<Change | null> =>
    lineOf((await call('words.edit', { project, edits: [said] })) as ChangeResult);
  const { project } = (await call('projects.open', { path })) as Output<'projects.open'>;
  return {
    learn: async () => {
      const { preset, wordCount, status } = await finish('runs.learn', { project, ...TINY_LEARN });
      return { preset, wordCount, status };
    },
    names: async () => {
      const { words } = (await call('words.list', { project })) as Output<'words.list'>;
      return words.toSorted((one, other) => one.index - other.index).map(({ name }) => name);
    },
    rename: (index, name) => edit({ index, name }),
    describe: (index, said) => edit({ index, ...said }),
    merge: async (leader, members) =>
      lineOf((await call('words.merge', { project, leader, members: [...members] })) as ChangeResult),
    separate: async (leader) => lineOf((await call('words.separate', { project, leader })) as ChangeResult),
    split: async (index) => lineOf(await finish('words.split', { project, index })),
    rejoin: async (index) => lineOf((await call('words.rejoin', { project, index })) as ChangeResult),
    undo: () => change('history.undo'),
    redo: () => change('history.redo'),
    history: async () =>
      ((await call('history.list', { project, limit: 50 })) as Output<'history.list'>).lines.map(changeOf),
    verify: async () => (await finish('projects.verify', { project })).isOk,
    close: end,
  };
}
