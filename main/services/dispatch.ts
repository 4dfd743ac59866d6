/** One call from name to reply: role, input, handler, output, failure. */
import { isProcedureName, PROCEDURES, ROLES } from '../../preload/contract/index.ts';
import type { JobName, ProcedureName, ProjectKey, Reply, Role, WireError } from '../../preload/contract/index.ts';
import { InvariantError } from '../engine/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Caller } from './application.ts';
import { badRequest, toWireError } from './failures.ts';
import type { JobBoard } from './job-board.ts';
import { JOB_KINDS } from './job-kinds.ts';
import type { JobKind } from './job-kinds.ts';
import type { Call, Handlers } from './procedures/handler.ts';

/** What calls are answered with. */
export interface Dispatcher {
  /** Never rejects. */
  call(name: string, input: unknown, caller: Caller): Promise<Reply>;
}

/** A handler whose input and output are only known by its name. */
type LooseHandler = (input: unknown, call: Call) => unknown;

/** Answers calls from the handlers; jobs go onto the board and answer with their ticket. */
export function createDispatcher(options: {
  readonly handlers: Handlers;
  readonly board: JobBoard;
  readonly log: Log;
}): Dispatcher {
  const { handlers, board, log } = options;

  async function run(name: ProcedureName, input: unknown, call: Call): Promise<unknown> {
    const output: unknown = await (handlers[name] as LooseHandler)(input, call);
    const checked = PROCEDURES[name].output.safeParse(output);
    if (checked.success) return checked.data;
    throw new InvariantError(`"${name}" gave an output that its schema refuses: ${checked.error.message}`);
  }

  function start(name: JobName, input: unknown, caller: Caller): { readonly jobId: number } {
    const { weight, canPause, title } = JOB_KINDS[name] as JobKind<JobName>;
    const { jobId } = board.start({
      procedure: name,
      project: projectOf(input),
      title: title(input as never),
      canPause,
      weight,
      run: (watch) => run(name, input, { ...caller, ...watch }),
    });
    return { jobId };
  }

  async function answer(name: string, input: unknown, caller: Caller): Promise<Reply> {
    if (!isProcedureName(name)) return refused('unknown-procedure', `There is no procedure "${name.slice(0, 100)}".`);
    const { kind, role, input: schema } = PROCEDURES[name];
    if (!mayCall(caller.role, role)) {
      return refused('forbidden', `Your role (${caller.role}) may not do that; it takes the role ${role}.`);
    }
    const checked = schema.safeParse(input);
    if (!checked.success) return { ok: false, error: badRequest(name, checked.error) };
    try {
      const value =
        kind === 'job' ? start(name as JobName, checked.data, caller) : await run(name, checked.data, caller);
      return { ok: true, value };
    } catch (error) {
      return { ok: false, error: toWireError(error, name, log) };
    }
  }

  return { call: answer };
}

function mayCall(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

function refused(code: string, message: string): Reply {
  const error: WireError = { code, message, details: {} };
  return { ok: false, error };
}

/** The project that an input speaks of. */
function projectOf(input: unknown): ProjectKey | null {
  const { project } = input as { readonly project?: ProjectKey };
  return project ?? null;
}
