/** Who writes to a project: a row that tells the next one whether the last writer closed it, and others whom to ask. */
import { hostname } from 'node:os';
import type { Clock } from '../platform/clock.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { quoted } from './failures.ts';
import { sql } from './sql.ts';

/** The present or last writer. */
export interface WriterSession {
  readonly state: 'open' | 'closed';
  readonly processId: number;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** The row, or undefined in a file that nobody opened for writing yet. */
export function readSession(database: Database): WriterSession | undefined {
  return database.get<WriterSession>(sql`SELECT state, process_id AS processId, host, since FROM writer_session`);
}

/** Notes that this process writes from now on. */
export function openSession(database: Database, clock: Clock): void {
  database.run(sql`INSERT INTO writer_session (id, state, process_id, host, since)
    VALUES (1, 'open', ${process.pid}, ${hostname()}, ${clock.now().toISOString()})
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, process_id = excluded.process_id, host = excluded.host,
      since = excluded.since`);
}

/** Notes that nothing is under way any more. */
export function closeSession(database: Database): void {
  database.run(sql`UPDATE writer_session SET state = 'closed'`);
}

/** Says that somebody else holds the project, and who, as far as is known. */
export function openedTwice(path: string, holder: WriterSession | undefined): StoreError {
  const who = holder ? ` by process ${holder.processId} on ${quoted(holder.host)} since ${holder.since}` : '';
  return new StoreError(
    'opened-twice',
    `The project ${quoted(path)} is open for writing already${who}. Close it there, or open it here for reading only.`,
    { file: path, ...(holder && { found: `process ${holder.processId} on ${holder.host}` }) },
  );
}
