/** The carrier inside a browser: calls by fetch, events by a stream that comes back when it was lost. */
import { fromWire, toWire, wireErrorSchema } from '../../preload/contract/index.ts';
import type { AnyEvent, CallName, Input, Output, Reply } from '../../preload/contract/index.ts';
import { connectionText } from '../text/en/connection.ts';
import type { Carrier } from './carrier.ts';
import { EventStream } from './event-stream.ts';
import type { EventStreamWorld } from './event-stream.ts';

/** The parts of a browser that the carrier uses. */
export interface HttpWorld extends EventStreamWorld {
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
}

/** The window's own. */
function browser(): HttpWorld {
  return {
    fetch: (address, init) => fetch(address, init),
    openEvents: (address) => new EventSource(address),
    page: document,
    wait: (action, milliseconds) => {
      const timer = setTimeout(action, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}

function failed(message: string, reason: unknown): Reply {
  return { ok: false, error: { code: 'disconnected', message, details: { reason: String(reason) } } };
}

/** An answer's text as a reply; something between us and Vislex may have answered instead. */
function readReply(text: string): Reply | undefined {
  const reply = fromWire(text) as Partial<Record<'ok' | 'value' | 'error', unknown>> | null;
  if (typeof reply !== 'object' || reply === null) return undefined;
  if (reply.ok === true) return { ok: true, value: reply.value };
  const error = wireErrorSchema.safeParse(reply.error);
  return reply.ok === false && error.success ? { ok: false, error: error.data } : undefined;
}

/** Connects to `vislex serve`, which sent this page. @param world default: the window's */
export function connectHttp(world: HttpWorld = browser()): Carrier {
  const listeners = new Set<(event: AnyEvent) => void>();
  const watchers = new Set<(isConnected: boolean) => void>();
  let stream: EventStream | undefined;

  const call = async (name: string, input: unknown): Promise<Reply> => {
    let text: string;
    try {
      const response = await world.fetch(`call/${encodeURIComponent(name)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: toWire(input ?? {}),
        credentials: 'same-origin',
        cache: 'no-store',
        redirect: 'error',
      });
      text = await response.text();
    } catch (error) {
      stream?.check();
      return failed(connectionText.gone, error);
    }
    try {
      return readReply(text) ?? failed(connectionText.garbled, 'no reply');
    } catch (error) {
      return failed(connectionText.garbled, error);
    }
  };
  const follow = (): EventStream =>
    new EventStream(world, {
      onEvent: (event) => listeners.forEach((listener) => listener(event)),
      onConnection: (isConnected) => watchers.forEach((watcher) => watcher(isConnected)),
      missed: (wasLost) => missedEvents(call, wasLost),
    });
  return {
    call,
    subscribe: (listener) => {
      const own = (event: AnyEvent): void => listener(event);
      listeners.add(own);
      stream ??= follow();
      return () => {
        listeners.delete(own);
        if (listeners.size > 0) return;
        stream?.close();
        stream = undefined;
      };
    },
    watchConnection: (watcher) => {
      const own = (isConnected: boolean): void => watcher(isConnected);
      watchers.add(own);
      return () => void watchers.delete(own);
    },
    // A browser tells no page where a file lies.
    pathOf: () => '',
  };
}

/**
 * What may have been told while nobody listened, as events: how things stand now.
 * @param wasLost true when there was a stream before: then words may have changed as well
 */
async function missedEvents(call: Carrier['call'], wasLost: boolean): Promise<readonly AnyEvent[]> {
  const ask = async <Name extends CallName>(name: Name, input: Input<Name>): Promise<Output<Name> | undefined> => {
    const reply = await call(name, input);
    return reply.ok ? (reply.value as Output<Name>) : undefined;
  };
  const [jobs = [], projects] = await Promise.all([ask('jobs.list', {}), ask('projects.opened', {})]);
  const events: AnyEvent[] = jobs.toReversed().map((payload) => ({ name: 'job', payload }));
  if (projects) events.push({ name: 'projects', payload: projects });
  if (!wasLost) return events;
  for (const { project } of projects ?? []) {
    const line = (await ask('history.list', { project, limit: 1 }))?.lines[0];
    if (line) events.push({ name: 'journal', payload: { project, line, runId: null, words: null } });
  }
  return events;
}
