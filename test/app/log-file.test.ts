/** The log file grows by lines, is put aside when it is full, and never stops the window. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createLogFile } from '../../main/app/log-file.ts';
import { inTempFolder } from '../support/temp-project.ts';

describe('the log file', () => {
  it('grows by lines, in a folder it makes', () =>
    inTempFolder((folder) => {
      const path = join(folder, 'logs', 'vislex.log');
      createLogFile(path)('one\n');
      createLogFile(path)('two\n');
      expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    }));

  it('is put aside when it is full, and only once', () =>
    inTempFolder((folder) => {
      const path = join(folder, 'vislex.log');
      const write = createLogFile(path, 100);
      for (let line = 0; line < 50; line++) write(`line ${line}\n`);
      expect(statSync(path).size).toBeLessThan(120);
      expect(statSync(`${path}.old`).size).toBeLessThan(120);
      expect(readFileSync(path, 'utf8')).toContain('line 49\n');
    }));

  it('does not stop the window when it cannot be written', () =>
    inTempFolder((folder) => {
      writeFileSync(join(folder, 'logs'), 'a file where a folder should be');
      const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      try {
        createLogFile(join(folder, 'logs', 'vislex.log'))('lost line\n');
        expect(stderr.mock.calls.flat().join('')).toContain('lost line');
      } finally {
        stderr.mockRestore();
      }
    }));
});
