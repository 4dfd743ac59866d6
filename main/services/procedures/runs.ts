/** Procedures of runs: learn, look at curves, evaluate. */
import type { AnyEvent, EvaluationReport, ProjectKey, PushedWord } from '../../../preload/contract/index.ts';
import { decideDevice } from '../../jobs/index.ts';
import { actingAs } from '../context.ts';
import type { ServiceContext } from '../context.ts';
import { describeDecision } from '../doctor.ts';
import { evaluateRun } from '../evaluation.ts';
import { definedOf } from '../defined.ts';
import { offeredPresets } from '../presets.ts';
import { chosenRun, currentModel, withProject } from '../project-access.ts';
import { summarizeRun } from '../summaries.ts';
import { learn } from '../training.ts';
import type { Call, HandlersOf } from './handler.ts';

/** Over the pool of open projects. */
export function createRunsHandlers(context: ServiceContext): HandlersOf<'runs'> {
  const { projects, events } = context;
  /** Words pushed by runs that are being learned, or were cut off since the start of the program. */
  const pushedByRun = new Map<string, readonly PushedWord[]>();
  const readerOf = (project: ProjectKey) => projects.get(project).reader.read;
  const liveKey = (project: ProjectKey, runId: number) => `${project} ${runId}`;

  /** Tells what happens while a project learns. */
  function listener(project: ProjectKey, call: Call) {
    let runId: number | undefined;
    const tell = (payload: Extract<AnyEvent, { name: 'run' }>['payload']) => events.emit({ name: 'run', payload });
    return {
      hooks: {
        ...call,
        onRun: (id: number) => {
          runId = id;
          // Known from here on: the first event of a run brings nothing but its number.
          tell({ kind: 'curves', project, runId: id, points: [] });
        },
        onCurves: (points: Parameters<NonNullable<Parameters<typeof learn>[3]['onCurves']>>[0]) =>
          tell({ kind: 'curves', project, runId: runId!, points: [...points] }),
        onPushed: (words: readonly PushedWord[]) => {
          pushedByRun.set(liveKey(project, runId!), words);
          tell({ kind: 'pushed', project, runId: runId!, words: [...words] });
        },
      },
      end: () => {
        if (runId !== undefined) tell({ kind: 'ended', project, runId });
      },
    };
  }

  return {
    'runs.list': ({ project }) => {
      const read = readerOf(project);
      return read.runs.list().map((run) => summarizeRun(read, run));
    },
    'runs.presets': ({ project }) => offeredPresets(context, currentModel(readerOf(project)).classLabels.length),
    'runs.devices': async () => describeDecision(await decideDevice(context.interactive, 'auto')),
    'runs.learn': async ({ project, ...request }, call) => {
      const { path } = projects.get(project).facts;
      const { hooks, end } = listener(project, call);
      try {
        return await learn(actingAs(context, call), path, definedOf(request), hooks);
      } finally {
        end();
      }
    },
    'runs.curves': ({ project, runId }) => {
      const read = readerOf(project);
      return read.runs
        .losses(read.runs.get(runId).runId)
        .map(({ phase, epoch, name, value }) => ({ phase, epoch, name, value }));
    },
    'runs.pushed': ({ project, runId }) => {
      const read = readerOf(project);
      if (read.runs.get(runId).status !== 'done') return [...(pushedByRun.get(liveKey(project, runId)) ?? [])];
      const { words } = read.words.page({ runId, limit: 100_000, patchesPerKind: 1, patchKinds: ['pushed'] });
      return words.flatMap(({ wordIndex, patches: [patch] }) => {
        if (!patch) return [];
        const { imageId, row, column, activationCrop } = patch;
        return [{ index: wordIndex, imageId, row, column, crop: { ...activationCrop } }];
      });
    },
    'runs.note': async ({ project, runId, note }, call) => {
      const { path } = projects.get(project).facts;
      await withProject(context, path, ({ write }) => write.runs.setNotes(call.actor, runId, note));
      return {};
    },
    'runs.evaluate': async ({ project, runId, ...options }, call) => {
      const { path } = projects.get(project).facts;
      const choice = definedOf({ ...options, runId: runId ?? undefined });
      return evaluateRun(actingAs(context, call), path, choice, call);
    },
    'runs.evaluation': ({ project, runId, split }) => {
      const read = readerOf(project);
      const run = chosenRun(read, runId ?? undefined);
      const [newest] = read.runs.evaluations(run.runId, split);
      return newest === undefined ? null : (newest.measures as unknown as EvaluationReport);
    },
  };
}
