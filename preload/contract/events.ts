/** What the application tells by itself: one event, one schema. */
import { z } from 'zod';
import { jobSnapshot } from './schemas/application.ts';
import { index, projectKey } from './schemas/common.ts';
import { openProject } from './schemas/projects.ts';
import { curvePoint, pushedWord } from './schemas/runs.ts';
import { historyLine } from './schemas/words.ts';

/** By name. */
export const EVENTS = {
  /** A job began, moved or ended. */
  job: jobSnapshot,
  /** Projects were opened or closed. */
  projects: z.array(openProject),
  /** Somebody changed words, here or in another window: `words` are the indices to read again, null for all. */
  journal: z.object({
    project: projectKey,
    line: historyLine,
    runId: index.nullable(),
    words: z.array(index).nullable(),
  }),
  /** A run that is being learned: new points of its curves, new pushed words, its end. */
  run: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('curves'), project: projectKey, runId: index, points: z.array(curvePoint) }),
    z.object({ kind: z.literal('pushed'), project: projectKey, runId: index, words: z.array(pushedWord) }),
    z.object({ kind: z.literal('ended'), project: projectKey, runId: index }),
  ]),
  /** The person chose something outside the page (menu, double click on a file): the page goes there. */
  navigate: z.object({ to: z.string() }),
} as const;

export type EventName = keyof typeof EVENTS;
export type EventOf<Name extends EventName> = z.output<(typeof EVENTS)[Name]>;

/** An event on the wire. */
export type AnyEvent = { [Name in EventName]: { readonly name: Name; readonly payload: EventOf<Name> } }[EventName];
