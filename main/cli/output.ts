/** Where the program writes: results to stdout, everything else to stderr; decides about colour and line width. */
import { stripVTControlCharacters } from 'node:util';

/** The part of a stream that is used. */
export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  on?(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** What commands may write. */
export interface Output {
  /** A result for people, on stdout. */
  readonly print: (text: string) => void;
  /** A result for programs, on stdout: one JSON value; bytes become base64. */
  readonly json: (value: unknown) => void;
  /** A remark beside the result, on stderr. */
  readonly note: (text: string) => void;
  /** A machine-readable or error line, on stderr, as it is. */
  readonly diagnostic: (text: string) => void;
  /** Shows a line that the next one replaces, on stderr; only where `isLive`. */
  readonly live: (line: string) => void;
  /** True when stderr is a terminal that can rewrite its last line. */
  readonly isLive: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly warning: (text: string) => string;
}

/** Width of a terminal that does not tell. */
const DEFAULT_COLUMNS = 80;

/** Back to the first column and clear the line (ECMA-48). */
const CLEAR_LINE = '\r\u001b[2K';

/** JSON with bytes as base64: the maps of words are bytes, and an array of numbers would be four times as long. */
export function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => (item instanceof Uint8Array ? Buffer.from(item).toString('base64') : item),
    2,
  );
}

/** Writes to the given streams. Colour only on a terminal, never with NO_COLOR (no-color.org) or TERM=dumb. */
export function createOutput({
  stdout,
  stderr,
  env,
}: {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Output {
  const isDumb = env['TERM'] === 'dumb';
  const isLive = stderr.isTTY === true && !isDumb;
  const hasColour = stdout.isTTY === true && !isDumb && !env['NO_COLOR'];
  const paint = (open: number, close: number) => (text: string) =>
    hasColour ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  let isLineOpen = false;
  let isReaderGone = false;
  stdout.on?.('error', (error) => {
    // `vislex words P | head`: the reader has seen enough, which is no failure.
    if (error.code !== 'EPIPE') throw error;
    isReaderGone = true;
  });

  const closeLine = (): void => {
    if (isLineOpen) stderr.write(CLEAR_LINE);
    isLineOpen = false;
  };
  const toStdout = (text: string): void => {
    closeLine();
    if (!isReaderGone) stdout.write(text);
  };
  const toStderr = (text: string): void => {
    closeLine();
    stderr.write(text);
  };
  return {
    print: (text) => toStdout(`${text}\n`),
    json: (value) => toStdout(`${toJson(value)}\n`),
    note: (text) => toStderr(`${text}\n`),
    diagnostic: toStderr,
    live: (line) => {
      if (!isLive) return;
      const width = (stderr.columns ?? DEFAULT_COLUMNS) - 1;
      stderr.write(CLEAR_LINE + stripVTControlCharacters(line).slice(0, width));
      isLineOpen = true;
    },
    isLive,
    bold: paint(1, 22),
    dim: paint(2, 22),
    warning: paint(33, 39),
  };
}
