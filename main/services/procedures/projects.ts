/** Procedures of projects: open and close, look after, make new ones. */
import { CallError } from '../../../preload/contract/index.ts';
import type { ProjectKey } from '../../../preload/contract/index.ts';
import { actingAs } from '../context.ts';
import type { ServiceContext } from '../context.ts';
import type { HealthWatch } from '../health.ts';
import { inspectFolder, inspectModel, proveOnSamples } from '../inspection.ts';
import type { JobBoard } from '../job-board.ts';
import { createNewProject, summarizeProject } from '../projects.ts';
import type { RecentProjects } from '../recent.ts';
import { openSample } from '../sample.ts';
import { verifyProject } from '../verification.ts';
import { definedOf } from '../defined.ts';
import type { HandlersOf } from './handler.ts';

/** Over the pool of open projects. */
export function createProjectsHandlers(parts: {
  readonly context: ServiceContext;
  readonly board: JobBoard;
  readonly recent: RecentProjects;
  readonly health: HealthWatch;
}): HandlersOf<'projects'> {
  const { context, board, recent, health } = parts;
  const { projects } = context;
  const openReaders = () => projects.list().map(({ project }) => projects.get(project).reader);
  const pathOf = (project: ProjectKey) => projects.get(project).facts.path;
  return {
    'projects.recent': () => recent.list(openReaders()),
    'projects.forget': ({ path }) => recent.forget(path, openReaders()),
    'projects.open': ({ path }) => {
      const { facts, reader } = projects.open(path);
      recent.remember(reader);
      health.watch(facts);
      return facts;
    },
    'projects.close': ({ project }) => {
      if (board.isBusy(project)) {
        throw new CallError({
          code: 'busy',
          message: 'Work on this project is under way. Wait for it, or pause or cancel it first.',
          details: { project },
        });
      }
      health.leave(project);
      projects.close(project);
      return {};
    },
    'projects.opened': () => [...projects.list()],
    'projects.summary': async ({ project }) => await summarizeProject(context, pathOf(project)),
    'projects.health': ({ project }) => health.report(project),
    'projects.verify': async ({ project }, call) => await verifyProject(context, pathOf(project), call),
    'projects.backUp': ({ project }) => health.backUp(pathOf(project)),
    'projects.inspectModel': (input, call) => inspectModel(context, input, call),
    'projects.inspectFolder': (input, call) => inspectFolder(context, input, call),
    'projects.provePreprocessing': (input, call) => proveOnSamples(context, input, call),
    'projects.create': async ({ path, ...options }, call) => {
      const given = definedOf(options);
      return await createNewProject(actingAs(context, call), path, given, call);
    },
    'projects.sample': (_input, call) => openSample(actingAs(context, call), call),
  };
}
