/** Five thousand malformed and hostile payloads through Electron's carrier, over every procedure: a reply each, and life goes on. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RENDERER_URL } from '../../main/app/addresses.ts';
import { carryOverIpc } from '../../main/app/ipc.ts';
import { silentLog } from '../../main/platform/log.ts';
import { PROCEDURES, wireErrorSchema } from '../../preload/contract/index.ts';
import type { ProcedureName, Reply } from '../../preload/contract/index.ts';
import type { Line } from '../support/carriers/line.ts';
import { nearSchema } from '../support/schema-arbitrary.ts';
import { openTinyApplication, TESTER } from '../support/tiny-application.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import type { TinyWorld } from '../support/tiny-project.ts';
import { copyTo, nameWord, namesOf, openScene } from './scene.ts';

const { line } = vi.hoisted(() => ({ line: {} as Line }));
vi.mock('electron', async () => {
  const { createLine } = await import('../support/carriers/line.ts');
  return { ipcMain: Object.assign(line, createLine()) };
});

const NAMES = Object.keys(PROCEDURES) as ProcedureName[];

/** Over all procedures together. */
const CASES = 5_000;

const SEED = 20_261_124;

/** Minutes of work each when the input happens to be right: these get inputs that cannot be. */
const LONG: readonly ProcedureName[] = ['projects.sample', 'runs.devices', 'runs.learn', 'runs.evaluate'];

let world: TinyWorld;
let app: TinyApplication;
let project: string;
let hangUp: () => void;

beforeAll(async () => {
  world = await openScene();
  app = openTinyApplication(world);
  ({ project } = await app.call('projects.open', { path: copyTo(world, 'fuzzed', 'birds.vislex') }));
  hangUp = carryOverIpc({
    application: app.application,
    caller: TESTER,
    pages: () => [page] as unknown as ReturnType<Parameters<typeof carryOverIpc>[0]['pages']>,
    log: silentLog,
  });
});
afterAll(async () => {
  hangUp();
  await app.close();
  await world.close();
});

const page = { isDestroyed: () => false, send: () => undefined };
const frame = { url: RENDERER_URL, parent: null };

/** Sends as the preload script does; what cannot be copied does not leave the page. */
async function send(name: unknown, input: unknown, senderFrame: unknown = frame): Promise<Reply | undefined> {
  try {
    structuredClone(input);
  } catch {
    return undefined;
  }
  return (await line.invoke('vislex:call', { sender: page, senderFrame }, name, input)) as Reply;
}

function expectProper(name: string, reply: Reply | undefined): void {
  if (reply === undefined || reply.ok) return;
  const { code, message } = wireErrorSchema.parse(reply.error);
  expect({ name, code, message }).not.toMatchObject({ code: 'internal' });
  expect(message.length).toBeGreaterThan(10);
  expect(message.length).toBeLessThan(2_000);
}

/** Anything that can be copied between processes, dates, maps and typed arrays included. */
const anything = fc.anything({ withDate: true, withMap: true, withSet: true, withTypedArray: true, withBigInt: true });

describe('calls over IPC', () => {
  it(`${CASES} of them are each answered, whatever they carry`, async () => {
    const each = Math.ceil(CASES / NAMES.length);
    for (const name of NAMES) {
      const input = LONG.includes(name)
        ? anything.filter((value) => !isEmptyObject(value))
        : nearSchema(PROCEDURES[name].input);
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            { weight: 3, arbitrary: input },
            anything.filter((value) => !isEmptyObject(value)),
          ),
          async (value) => {
            expectProper(name, await send(name, value));
          },
        ),
        { numRuns: each, seed: SEED },
      );
      // Work that a right guess started is not waited for.
      for (const { jobId, state } of await app.call('jobs.list', {})) {
        if (['waiting', 'running'].includes(state)) await send('jobs.cancel', { jobId });
      }
    }
  }, 90_000);

  it('with another name, from another frame, or with endless content are refused', async () => {
    for (const name of [
      undefined,
      null,
      7,
      {},
      [],
      'x'.repeat(5_000),
      '__proto__',
      'toString',
      'words',
      'words.edit ',
    ]) {
      expect(await send(name, {})).toMatchObject({ ok: false });
    }
    for (const from of [null, { url: 'https://evil.example/', parent: null }, { url: RENDERER_URL, parent: frame }]) {
      expect(await send('projects.opened', {}, from)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    }
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    expect(await send('app.saveSettings', ring)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    const long = { project, edits: [{ index: 0, note: 'n'.repeat(5 * 1024 * 1024) }] };
    expect(await send('words.edit', long)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  });

  it('leave a sound project and an application that works', async () => {
    // A lucky guess may have closed it.
    ({ project } = await app.call('projects.open', { path: world.at('fuzzed', 'birds.vislex') }));
    expect((await app.finish('projects.verify', { project })).isOk).toBe(true);
    await nameWord(app, project, 0, 'after all that');
    expect((await namesOf(app, project))[0]).toBe('after all that');
    expect(app.complaints.filter(({ message }) => message === 'a procedure failed')).toEqual([]);
  });
});

/** Input that is right for every procedure without fields. */
function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
