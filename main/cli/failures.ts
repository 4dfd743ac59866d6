/** Failures as people and programs see them, and the exit codes they end with. */
import { toJson } from './output.ts';

/** Exit codes: done, failed, wrong usage. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** Errors the lower layers raise for what a user can act on, by name: carriers do not import those layers. */
const EXPECTED = ['EngineError', 'StoreError', 'FileError', 'JobError', 'CommandError', 'PortError'];

/** A failure found by the command line itself: the request is well-formed but cannot be met. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A failure as plain data; the JSON of stderr. */
export interface FailureReport {
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
  /** Only of unexpected errors, and only when asked for. */
  readonly stack?: string;
}

function isExpected(error: unknown): error is Error & { readonly code: string; readonly details?: unknown } {
  return error instanceof Error && EXPECTED.includes(error.name) && 'code' in error && typeof error.code === 'string';
}

/** Translates what was thrown. */
export function describeFailure(error: unknown, isVerbose: boolean): FailureReport {
  if (isExpected(error)) {
    const { code, message, details = {} } = error;
    if (code !== 'cancelled') return { code, message, details };
    return {
      code,
      message: 'Stopped. What was finished is kept in the project: give the same command again to go on from there.',
      details,
    };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return {
    code: 'internal',
    message: `Vislex made a mistake of its own (${message.replace(/^internal: /, '')}). Your project is unharmed; please report this${
      isVerbose ? '.' : ', with the output of the same command and --verbose.'
    }`,
    details: {},
    ...(isVerbose && stack !== undefined ? { stack } : {}),
  };
}

/** The lines for stderr. */
export function failureText(
  { code, message, details, stack }: FailureReport,
  options: { readonly asJson: boolean; readonly isVerbose: boolean },
): string {
  if (options.asJson) return `${toJson({ error: { code, message, details, ...(stack ? { stack } : {}) } })}\n`;
  const lines = [`error: ${message}`];
  if (options.isVerbose) {
    lines.push(`  code: ${code}`);
    for (const [key, value] of Object.entries(details as object)) {
      lines.push(`  ${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
    }
    if (stack) lines.push(stack);
  }
  return `${lines.join('\n')}\n`;
}
