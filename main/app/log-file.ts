/** Keeps the log of the window's program in a file of bounded size. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { removeIfThere } from '../platform/files.ts';

/** A log file that reaches this size is put aside, replacing the one put aside before. */
const LIMIT_BYTES = 2 * 1024 * 1024;

/**
 * A writer of log lines. A line that cannot be written goes to stderr: a full disk must not stop the window.
 * @param path the file; its folder is made
 */
export function createLogFile(path: string, limitBytes = LIMIT_BYTES): (line: string) => void {
  let sizeBytes: number | undefined;
  return (line) => {
    try {
      if (sizeBytes === undefined) {
        mkdirSync(dirname(path), { recursive: true });
        sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      }
      if (sizeBytes > limitBytes) {
        removeIfThere(`${path}.old`);
        renameSync(path, `${path}.old`);
        sizeBytes = 0;
      }
      appendFileSync(path, line);
      sizeBytes += Buffer.byteLength(line);
    } catch (error) {
      process.stderr.write(`${String(error)}\n${line}`);
    }
  };
}
