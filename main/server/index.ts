/** Public entry of serve mode: the application for a browser on this machine, or at the end of a tunnel to it. */
import { getRequestListener } from '@hono/node-server';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemCode } from '../platform/files.ts';
import type { Log } from '../platform/log.ts';
import type { Application, Caller } from '../services/index.ts';
import { EventStreams } from './event-stream.ts';
import { HARDENING_HEADERS } from './headers.ts';
import { createRoutes } from './http.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { ServerLimits } from './limits.ts';
import { Session } from './session.ts';
import { readPages } from './static.ts';

export type { ServerLimits } from './limits.ts';

/** The only interface that is listened on. */
const HOST = '127.0.0.1';

/** Taken unless another is asked for: always the same, so that a tunnel can be set up once. "VIS" on a dial, after an 8. */
export const DEFAULT_PORT = 8847;

/** Answers that are under way have this long to end when the server closes, ms. */
const CLOSING_MS = 2_000;
const CLOSING_CHECK_MS = 20;

/** What is served, to whom and where. */
export interface ServeOptions {
  readonly application: Application;
  /** Everybody who has the address. */
  readonly caller: Caller;
  /** Folder of the built pages. */
  readonly pagesFolder: string;
  readonly log: Log;
  /** 0: any free one. Default: DEFAULT_PORT, or any free one when that is taken. */
  readonly port?: number;
  /** Where the address leads, such as '#/project/...'. Default: where the page chooses. */
  readonly startAt?: string;
  readonly limits?: Partial<ServerLimits>;
}

/** A server that is listening. */
export interface RunningServer {
  /** With the token; good once. */
  readonly address: string;
  readonly port: number;
  /** Ends event streams, lets answers under way end, closes. The application stays. */
  close(): Promise<void>;
}

/** A port that cannot be had. */
export class PortError extends Error {
  override readonly name = 'PortError';
  readonly code: 'port-taken' | 'port-forbidden';

  constructor(code: PortError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Serves the application on the loopback interface.
 * @throws FileError 'missing' when the pages were not built
 * @throws PortError when the port cannot be had
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { application, caller, log, startAt = '' } = options;
  const limits: ServerLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const pages = await readPages(options.pagesFolder);
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
  });
  server.maxConnections = limits.connections;
  server.timeout = limits.idleMs;
  const port = await listenAt(server, options.port);

  const session = new Session();
  const events = new EventStreams(application, limits);
  // Browsers give a cookie to all ports of a host: two servers must not overwrite each other's.
  const cookieName = `vislex-${port}`;
  const routes = createRoutes({ application, caller, session, events, pages, log, cookieName, startAt });
  const listener = getRequestListener(routes.fetch, { overrideGlobalObjects: false });
  server.on('request', (incoming, outgoing) => {
    // Here, so that not even an answer of the adapter itself goes without.
    for (const [name, value] of Object.entries(HARDENING_HEADERS)) outgoing.setHeader(name, value);
    void listener(incoming, outgoing);
  });
  return {
    address: `http://${HOST}:${port}/?token=${session.token}`,
    port,
    close: () => {
      events.close();
      return closeServer(server);
    },
  };
}

/** @returns the port that is listened on */
async function listenAt(server: Server, asked: number | undefined): Promise<number> {
  try {
    return await listen(server, asked ?? DEFAULT_PORT);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EADDRINUSE') {
      if (asked === undefined) return listen(server, 0);
      throw new PortError(
        'port-taken',
        `Port ${asked} is used by another program. Give another one with --port, or none to get a free one.`,
      );
    }
    if (code !== 'EACCES') throw error;
    throw new PortError('port-forbidden', `You may not listen on port ${asked}. Give one above 1023 with --port.`);
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Connections end as soon as their answers have; none may keep the server waiting. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), CLOSING_CHECK_MS);
    const late = setTimeout(() => server.closeAllConnections(), CLOSING_MS);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(late);
      resolve();
    });
  });
}
