/** Failures as they cross a border: what a user can act on keeps its code, anything else is a bug of ours. */
import { z } from 'zod';
import { CallError } from '../../preload/contract/index.ts';
import type { WireError } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import { JobError } from '../jobs/index.ts';
import { FileError } from '../platform/files.ts';
import type { Log } from '../platform/log.ts';
import { StoreError } from '../store/index.ts';

/** What a bug of ours looks like to a user. */
const INTERNAL =
  'Something went wrong inside Vislex. What was saved is safe; try again, and if it happens again, report it with the log.';

/** A failure for the wire. Bugs are logged with their stack. @param during name of the procedure */
export function toWireError(error: unknown, during: string, log: Log): WireError {
  if (error instanceof CallError) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof FileError) return { code: error.code, message: error.message, details: { file: error.file } };
  if (error instanceof EngineError || error instanceof StoreError) {
    return { code: error.code, message: error.message, details: plainDetails(error.details) };
  }
  logBug(error, during, log);
  if (error instanceof JobError) {
    return { code: error.code, message: error.message, details: plainDetails(error.details) };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: `${INTERNAL} (${reason})`, details: { during } };
}

/**
 * Input that does not fit its schema: the contract's own sentence where it has one for people, otherwise the first field
 * and what is wrong with it.
 */
export function badRequest(name: string, { issues }: z.ZodError): WireError {
  const [first] = issues;
  const field = first === undefined ? '' : z.core.toDotPath(first.path);
  const problem = first?.message ?? 'it does not fit';
  const where = field === '' ? 'the input' : JSON.stringify(field);
  // What the schema library says is no sentence: it begins with "Invalid" or "Too" and ends without a stop.
  const isForPeople = problem.endsWith('.');
  return {
    code: 'bad-request',
    message: isForPeople ? problem : `"${name}" refused ${where}: ${problem}`,
    details: { procedure: name, field },
  };
}

function plainDetails(details: object): WireError['details'] {
  return Object.fromEntries(
    Object.entries(details).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
  ) as WireError['details'];
}

function logBug(error: unknown, during: string, log: Log): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause = error instanceof Error && error.cause !== undefined ? { cause: describeCause(error.cause) } : {};
  log.error('a procedure failed', { procedure: during, stack, ...cause });
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
