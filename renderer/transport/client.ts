/** The application as the page calls it: typed by the contract's table, checked at the border in both directions. */
import {
  CallError,
  EVENTS,
  jobTicket,
  PROCEDURES,
  type CallName,
  type EventName,
  type EventOf,
  type Input,
  type JobName,
  type JobSnapshot,
  type Output,
  type ProcedureName,
} from '../../preload/contract/index.ts';
import type { Carrier } from './carrier.ts';
import { JobWaiters } from './job-waiters.ts';

/** Long work that was started. */
export interface JobHandle<T> {
  readonly jobId: number;
  /** Rejects with CallError when the job fails, is cancelled ('cancelled') or its result cannot be had. */
  readonly result: Promise<T>;
  /** Asks the job to stop; `result` then rejects. */
  cancel(): Promise<void>;
}

/** Everything the page can ask of the application. Every method throws CallError. */
export interface Client {
  /** Calls a query or a command. */
  call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>>;
  /** Starts a job. */
  start<N extends JobName>(name: N, input: Input<N>): Promise<JobHandle<Output<N>>>;
  /** Waits for a job that was started before, such as one that outlived the window. */
  follow<N extends JobName>(name: N, jobId: number): JobHandle<Output<N>>;
  /** @returns the way to stop listening */
  on<E extends EventName>(name: E, listener: (payload: EventOf<E>) => void): () => void;
  /** Path of a dropped file; '' when it cannot be known (a browser). */
  pathOf(file: File): string;
  /** Tells when the connection breaks and when it is back. @returns the way to stop listening */
  watchConnection(listener: (isConnected: boolean) => void): () => void;
}

type Listeners = Map<EventName, Set<(payload: never) => void>>;

/** Makes a client of a carrier. `report` hears of events that do not fit the contract: a bug of ours, never the user's. */
export function createClient(carrier: Carrier, report: (problem: unknown) => void = console.error): Client {
  const listeners: Listeners = new Map();
  const connection = new Set<(isConnected: boolean) => void>();

  const ask = async <N extends ProcedureName>(name: N, input: Input<N>): Promise<unknown> => {
    const reply = await carrier.call(name, input);
    if (reply.ok) return reply.value;
    if (reply.error.code === 'disconnected') for (const listener of connection) listener(false);
    throw new CallError(reply.error);
  };
  const call: Client['call'] = async (name, input) => checked(name, await ask(name, input));

  const waiters = new JobWaiters(() => call('jobs.list', {}));
  carrier.subscribe((event) => {
    const schema = Object.hasOwn(EVENTS, event.name) ? EVENTS[event.name] : undefined;
    const parsed = schema?.safeParse(event.payload);
    if (!parsed?.success) {
      report(new Error(`internal: the event "${event.name}" does not fit the contract`, { cause: parsed?.error }));
      return;
    }
    if (event.name === 'job') waiters.hear(parsed.data as JobSnapshot);
    for (const listener of listeners.get(event.name) ?? []) (listener as (payload: unknown) => void)(parsed.data);
  });
  carrier.watchConnection?.((isConnected) => {
    if (isConnected) void waiters.catchUp().catch(report);
    for (const listener of connection) listener(isConnected);
  });

  const follow: Client['follow'] = (name, jobId) => ({
    jobId,
    result: waiters.end(jobId).then(async () => checked(name, await ask('jobs.result', { jobId }))),
    cancel: async () => void (await call('jobs.cancel', { jobId })),
  });

  return {
    call,
    follow,
    start: async (name, input) => follow(name, jobTicket.parse(await ask(name, input)).jobId),
    on(name, listener) {
      const ofName = listeners.get(name) ?? new Set();
      listeners.set(name, ofName.add(listener));
      return () => void ofName.delete(listener);
    },
    pathOf: (file) => carrier.pathOf(file),
    watchConnection(listener) {
      connection.add(listener);
      return () => void connection.delete(listener);
    },
  };
}

/** The output as the table types it. @throws CallError 'internal' for an answer that does not fit */
function checked<N extends ProcedureName>(name: N, value: unknown): Output<N> {
  const parsed = PROCEDURES[name].output.safeParse(value);
  if (parsed.success) return parsed.data as Output<N>;
  throw new CallError({
    code: 'internal',
    message: `The application answered "${name}" in a form this window does not know. Restart Vislex; if that does not help, report it with the details.`,
    details: { procedure: name, problem: parsed.error.message.slice(0, 2_000) },
  });
}
