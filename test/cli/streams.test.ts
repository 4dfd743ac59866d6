/** What goes to stdout, what to stderr, and in which form. */
import { describe, expect, test } from 'vitest';
import { EngineError, InvariantError } from '../../main/engine/errors.ts';
import type { Hooks } from '../../main/services/index.ts';
import { recordingServices } from '../support/recording-services.ts';
import { runInProcess } from '../support/run-cli.ts';

const LINE = { sequence: 3, at: '2025-01-01T00:00:00.000Z', actor: 'eva', action: 'rename', detail: 'word 3: "beak"' };

function progressing(_path: string, _request: unknown, hooks: Hooks): unknown {
  for (const done of [0, 50, 100]) {
    hooks.onProgress?.({
      phase: 'extract',
      done,
      total: 100,
      unit: 'images',
      ratePerSecond: done ? 62.1 : undefined,
      secondsLeft: done ? 75 : undefined,
      message: undefined,
    });
  }
  return { id: 1 };
}

describe('success', () => {
  test('with --json stdout holds one JSON value and progress goes to stderr', async () => {
    const { services } = recordingServices({ learn: progressing });
    const { stdout, stderr } = await runInProcess(['learn', 'p.vislex', '--json'], services);
    expect(JSON.parse(stdout)).toEqual({ id: 1 });
    // The clock stands still: first and last line of the phase only.
    expect(stderr).toBe('extract  0 of 100 images (0 %)\nextract  100 of 100 images (100 %), 62.1/s\n');
  });

  test('--quiet shows no progress', async () => {
    const { services } = recordingServices({ learn: progressing });
    expect((await runInProcess(['learn', 'p.vislex', '--json', '--quiet'], services)).stderr).toBe('');
  });

  test('a terminal gets one rewritten line, cut to its width and cleared before the result', async () => {
    const { services } = recordingServices({ learn: progressing });
    const { stderr } = await runInProcess(['learn', 'p.vislex', '--json'], services, { columns: 24 });
    expect(stderr.split('\r\u001b[2K')).toEqual([
      '',
      'extract  0 of 100 image',
      'extract  50 of 100 imag',
      'extract  100 of 100 ima',
      '',
    ]);
  });

  test('bytes become base64 in JSON', async () => {
    const { services } = recordingServices({ words: { map: Uint8Array.of(0, 127, 255) } });
    const { stdout } = await runInProcess(['words', 'p.vislex', '--json'], services);
    expect(JSON.parse(stdout)).toEqual({ map: 'AH//' });
  });

  test('text cannot smuggle control sequences into the terminal', async () => {
    const { services } = recordingServices({ history: [{ ...LINE, detail: 'a\u001b[31m\nb' }] });
    const { stdout } = await runInProcess(['history', 'p.vislex'], services);
    expect(stdout).toBe('3  2025-01-01T00:00:00.000Z  eva  rename  a [31m b\n');
  });

  test('verify of a broken project prints its findings and ends with 1', async () => {
    const checks = [{ name: 'journal', isOk: false, checked: 12, broken: 'entry 7: hash differs' }];
    const { services } = recordingServices({ verify: { isOk: false, checks, journalHead: 'ab' } });
    const { code, stdout } = await runInProcess(['verify', 'p.vislex'], services);
    expect(code).toBe(1);
    expect(stdout).toContain('BROKEN  journal  12  entry 7: hash differs');
  });
});

describe('failure', () => {
  const failing = (error: Error) =>
    recordingServices({
      undo: () => {
        throw error;
      },
    }).services;
  const expected = new EngineError('cut-point', 'No tensor "x" in m.onnx. Choose one of: a, b.', { tensor: 'x' });

  test('an expected failure is its sentence; details only with --verbose', async () => {
    const brief = await runInProcess(['undo', 'p.vislex'], failing(expected));
    expect(brief).toEqual({ code: 1, stdout: '', stderr: 'error: No tensor "x" in m.onnx. Choose one of: a, b.\n' });
    const verbose = await runInProcess(['undo', 'p.vislex', '--verbose'], failing(expected));
    expect(verbose.stderr).toContain('code: cut-point');
    expect(verbose.stderr).toContain('tensor: x');
  });

  test('with --json failures and usage errors are JSON on stderr', async () => {
    const failed = await runInProcess(['undo', 'p.vislex', '--json'], failing(expected));
    expect(failed.stdout).toBe('');
    expect(JSON.parse(failed.stderr)).toEqual({
      error: { code: 'cut-point', message: expected.message, details: { tensor: 'x' } },
    });
    const usage = await runInProcess(['learn', 'p.vislex', '--words', 'x', '--json'], recordingServices().services);
    expect(JSON.parse(usage.stderr).error.code).toBe('usage');
  });

  test('a mistake of ours says so; its stack only with --verbose', async () => {
    const mistake = new InvariantError('words without maps');
    const brief = await runInProcess(['undo', 'p.vislex'], failing(mistake));
    expect(brief.code).toBe(1);
    expect(brief.stderr).toMatch(/^error: Vislex made a mistake of its own \(words without maps\)/);
    expect(brief.stderr).not.toContain('    at ');
    expect((await runInProcess(['undo', 'p.vislex', '--verbose'], failing(mistake))).stderr).toContain('    at ');
  });

  test('a cancelled command says how to go on', async () => {
    const { code, stderr } = await runInProcess(['undo', 'p.vislex'], failing(new EngineError('cancelled', 'x')));
    expect(code).toBe(1);
    expect(stderr).toContain('give the same command again');
  });
});
