/** The real application behind the real server, in this process, for tests that speak HTTP to it by hand. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromWire, toWire } from '../../preload/contract/index.ts';
import type { Reply, Role } from '../../preload/contract/index.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { createLog } from '../../main/platform/log.ts';
import { startServer } from '../../main/server/index.ts';
import type { ServerLimits } from '../../main/server/index.ts';
import { createApplication } from '../../main/services/index.ts';
import type { Application } from '../../main/services/index.ts';

/** What the pages' folder holds. */
export const PAGES = { 'index.html': '<!doctype html><title>Vislex</title>', 'assets/app-1a2B3c4D.js': 'void 0;' };

/** A server under test. */
export interface Served {
  readonly application: Application;
  readonly origin: string;
  readonly port: number;
  readonly token: string;
  readonly folder: string;
  /** Lines of the log so far. */
  readonly log: () => string;
  /** Spends the token. @returns the Cookie header */
  readonly signIn: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Starts it on any free port. */
export async function openServed(
  options: { readonly limits?: Partial<ServerLimits>; readonly role?: Role; readonly resourcesFolder?: string } = {},
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'vislex-served-'));
  const pagesFolder = join(folder, 'pages');
  mkdirSync(join(pagesFolder, 'assets'), { recursive: true });
  for (const [name, text] of Object.entries(PAGES)) writeFileSync(join(pagesFolder, name), text);
  writeFileSync(join(folder, 'secret.html'), 'secret');
  let lines = '';
  const log = createLog({ clock: systemClock, write: (line) => (lines += line) });
  const application = createApplication({
    jobs: createJobQueue(),
    clock: systemClock,
    log,
    actor: 'tester',
    appVersion: '0.0.0',
    resourcesFolder: options.resourcesFolder ?? join(import.meta.dirname, '../../resources'),
    dataFolder: join(folder, 'data'),
  });
  const caller = { actor: 'tester', role: options.role ?? 'auditor' } as const;
  const { limits = {} } = options;
  const server = await startServer({ application, caller, pagesFolder, log, port: 0, limits });
  const { origin, searchParams } = new URL(server.address);
  const token = searchParams.get('token') ?? '';
  return {
    application,
    origin,
    port: server.port,
    token,
    folder,
    log: () => lines,
    signIn: async () => {
      const response = await fetch(server.address, { redirect: 'manual' });
      return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    },
    close: async () => {
      await server.close();
      await application.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An answer to a call. */
export interface Answer {
  readonly status: number;
  readonly reply: Reply;
}

/** Calls as the page does; `headers` replace those of the page, undefined takes one away. */
export async function post(
  { origin }: Pick<Served, 'origin'>,
  name: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string | undefined>>,
): Promise<Answer> {
  const all = { 'content-type': 'application/json', origin, ...headers };
  const response = await fetch(`${origin}/call/${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    body,
  });
  return { status: response.status, reply: fromWire(await response.text()) as Reply };
}

/** Calls with an input. */
export function callOver(
  served: Pick<Served, 'origin'>,
  cookie: string,
  name: string,
  input: unknown,
): Promise<Answer> {
  return post(served, name, toWire(input), { cookie });
}

/**
 * Speaks to the server byte by byte: what no client library would send.
 * @returns everything that came back until the server closed, or `waitMs` after the last piece was sent
 */
export function raw(port: number, pieces: readonly string[], { pauseMs = 0, waitMs = 1_000 } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => {
      void (async () => {
        for (const piece of pieces) {
          if (socket.destroyed) return;
          socket.write(piece);
          if (pauseMs > 0) await new Promise((next) => setTimeout(next, pauseMs));
        }
        setTimeout(() => socket.destroy(), waitMs);
      })();
    });
    socket.setEncoding('utf8').on('data', (text: string) => (received += text));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The server may cut us off while we still talk: what it said until then is the answer.
      if (!['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) reject(error);
    });
    socket.on('close', () => resolve(received));
  });
}
