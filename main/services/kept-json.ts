/** Small facts kept for the user as JSON files: written atomically, checked on reading, a broken file put aside. */
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { fileError, writeFileAtomic } from '../platform/files.ts';
import type { Log } from '../platform/log.ts';

/** A value with a file behind it. */
export interface KeptJson<T> {
  /** What the file holds, or the default; read once, then remembered. */
  read(): T;
  /** @throws FileError when it cannot be kept; the value is then as before */
  write(value: T): void;
}

/** Opens a kept value. Nothing is read or written before it is asked for. */
export function keepJson<T>(options: {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  readonly standard: T;
  readonly log: Log;
}): KeptJson<T> {
  const { path, schema, standard, log } = options;
  let known: T | undefined;

  function load(): T {
    if (!existsSync(path)) return standard;
    try {
      return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      log.warn('a broken file was put aside', {
        file: path,
        reason: error instanceof Error ? error.message : String(error),
      });
      putAside(path, log);
      return standard;
    }
  }

  return {
    read: () => (known ??= load()),
    write: (value) => {
      try {
        mkdirSync(dirname(path), { recursive: true });
      } catch (error) {
        throw fileError(error, path);
      }
      writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
      known = value;
    },
  };
}

/** Somebody may want to look at it; a later write would replace it. */
function putAside(path: string, log: Log): void {
  try {
    renameSync(path, `${path}.broken`);
  } catch (error) {
    log.warn('it could not be put aside', {
      file: path,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}
