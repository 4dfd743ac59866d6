/** Diagnostic lines for people who look into a problem: one JSON object per line, never user-facing text. */
import type { Clock } from './clock.ts';

/** Severity, lowest first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Values worth keeping beside a message; never image content or weights. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Takes diagnostic lines. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/**
 * A log that writes lines of at least `level` (default 'info') with `write`, for example to stderr or a file.
 */
export function createLog(options: {
  readonly clock: Clock;
  readonly write: (line: string) => void;
  readonly level?: LogLevel;
}): Log {
  const least = LEVELS.indexOf(options.level ?? 'info');
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(level) < least) return;
      options.write(JSON.stringify({ time: options.clock.now().toISOString(), level, message, ...fields }) + '\n');
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const ignore = (): void => undefined;

/** A log that keeps nothing. */
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
