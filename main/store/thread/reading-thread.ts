/** Long readings away from the event loop: one thread, started when first needed and ended when idle. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreError } from '../errors.ts';
import type {
  JournalCheck,
  ProjectColumns,
  ReadingName,
  ReadingReply,
  ReadingRequest,
  Readings,
  WordScores,
} from './messages.ts';
import type { VerifyReport } from '../project.ts';

/** An idle thread is kept this long, ms: starting one takes some 100 ms. */
const IDLE_MS = 30_000;

/** Readings of whole projects that would keep the event loop busy for long. They run one after the other. */
export interface ReadingThread {
  /** Everything that `ProjectReader.verify` checks. */
  verify(path: string): Promise<VerifyReport>;
  /** The journal's chain only. */
  verifyJournal(path: string): Promise<JournalCheck>;
  /** A checked copy. @throws StoreError as `ProjectWriter.backup` does */
  backUp(path: string, targetPath: string): Promise<{ readonly path: string; readonly sizeBytes: number }>;
  /** All usable images; word predictions are those of the run. @param runId undefined for none */
  imageColumns(path: string, runId: number | undefined): Promise<ProjectColumns>;
  /** Scores of words in all usable images. @param words indices in the word model */
  wordScores(path: string, runId: number, words: readonly number[]): Promise<WordScores>;
  /** Ends the thread after what it does now. Idempotent. */
  dispose(): Promise<void>;
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that is not started yet.
 * @param entryPath the thread's file; default: `entry.ts` beside this one, `store-thread.js` in a build
 */
export function createReadingThread({ entryPath = defaultEntryPath() } = {}): ReadingThread {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  let count = 0;

  function start(): Worker {
    const started = new Worker(entryPath);
    started.on('message', (reply: ReadingReply) => settle(reply));
    started.on('error', (error) => fail(started, error instanceof Error ? error : new Error(String(error))));
    started.on('exit', () => fail(started, new Error('internal: the reading thread ended')));
    return started;
  }

  function settle(reply: ReadingReply): void {
    const job = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('output' in reply) job?.resolve(reply.output);
    else if ('bug' in reply) job?.reject(new Error(`internal: in the reading thread: ${reply.bug}`));
    else job?.reject(new StoreError(reply.refusal.code, reply.refusal.message, reply.refusal.details));
    if (waiting.size === 0) rest();
  }

  function fail(ended: Worker, error: Error): void {
    if (thread !== ended) return;
    thread = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function rest(): void {
    thread?.unref();
    idleTimer = setTimeout(() => void end(), IDLE_MS).unref();
  }

  async function end(): Promise<void> {
    clearTimeout(idleTimer);
    const ending = thread;
    thread = undefined;
    for (const { reject } of waiting.values()) {
      reject(new StoreError('closed', 'Vislex is closing; this reading was given up.'));
    }
    waiting.clear();
    await ending?.terminate();
  }

  function ask<Name extends ReadingName>(
    name: Name,
    input: Readings[Name]['input'],
  ): Promise<Readings[Name]['output']> {
    return new Promise((resolve, reject) => {
      clearTimeout(idleTimer);
      const id = ++count;
      waiting.set(id, { resolve: resolve as (output: unknown) => void, reject });
      thread ??= start();
      thread.ref();
      const request: ReadingRequest = { id, name, input };
      thread.postMessage(request);
    });
  }

  return {
    verify: (path) => ask('verify', { path }),
    verifyJournal: (path) => ask('verifyJournal', { path }),
    backUp: (path, targetPath) => ask('backUp', { path, targetPath }),
    imageColumns: (path, runId) => ask('imageColumns', { path, runId }),
    wordScores: (path, runId, words) => ask('wordScores', { path, runId, words }),
    dispose: end,
  };
}

/** In a checkout beside this file; a build puts its entries into one folder, and shared pieces at most one below. */
function defaultEntryPath(): string {
  const folder = import.meta.dirname;
  if (import.meta.filename.endsWith('.ts')) return join(folder, 'entry.ts');
  const beside = join(folder, 'store-thread.js');
  return existsSync(beside) ? beside : join(folder, '..', 'store-thread.js');
}
