/** Diagnostic lines. */
import { expect, it } from 'vitest';
import { createLog } from '../../main/platform/log.ts';
import { fakeClock } from '../support/fake-clock.ts';

it('a log writes one JSON object per line, and nothing below its level', () => {
  const lines: string[] = [];
  const log = createLog({ clock: fakeClock(), write: (line) => void lines.push(line), level: 'warn' });
  log.info('unheard');
  log.warn('two\nlines', { file: 'a"b', count: 2 });
  log.error('worse');
  expect(lines).toEqual([
    '{"time":"2025-01-01T00:00:00.000Z","level":"warn","message":"two\\nlines","file":"a\\"b","count":2}\n',
    '{"time":"2025-01-01T00:00:01.000Z","level":"error","message":"worse"}\n',
  ]);
});
