/** The one door under fire: whatever is called with whatever, the answer is a reply and the application goes on. */
import { copyFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROCEDURES, ROLES, wireErrorSchema } from '../../preload/contract/index.ts';
import type { JobSnapshot, ProcedureName, Reply } from '../../preload/contract/index.ts';
import { createJobBoard } from '../../main/services/job-board.ts';
import { createDispatcher } from '../../main/services/dispatch.ts';
import { createEventHub } from '../../main/services/events.ts';
import type { Handlers } from '../../main/services/procedures/handler.ts';
import { silentLog } from '../../main/platform/log.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { nearSchema } from '../support/schema-arbitrary.ts';
import { openTinyApplication, TESTER } from '../support/tiny-application.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import { openTinyWorld, TINY_LEARN } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

const NAMES = Object.keys(PROCEDURES) as ProcedureName[];

/** Minutes of work each, whatever the input. */
const LONG: readonly ProcedureName[] = ['projects.sample', 'runs.devices', 'runs.learn', 'runs.evaluate'];

const SEED = 20261124;

let world: TinyWorld;
let app: TinyApplication;

beforeAll(async () => {
  world = await openTinyWorld(5);
  await world.make('target.vislex');
  await world.services.learn(world.at('target.vislex'), TINY_LEARN);
  app = openTinyApplication(world);
  const path = world.at('fuzzed.vislex');
  copyFileSync(world.at('target.vislex'), path);
  await app.call('projects.open', { path });
}, 60_000);

afterAll(async () => {
  await app.close();
  await world.close();
});

/** A reply of one of its two forms. */
function checkReply(name: ProcedureName, reply: Reply): void {
  if (reply.ok) return;
  expect(() => wireErrorSchema.parse(reply.error)).not.toThrow();
  expect(reply.error.message.length).toBeGreaterThan(10);
  expect({ name, code: reply.error.code, message: reply.error.message }).not.toMatchObject({ code: 'internal' });
}

describe('the dispatcher', () => {
  it.each(NAMES.filter((name) => !LONG.includes(name)))(
    'answers anything sent to %s',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(nearSchema(PROCEDURES[name].input), async (input) => {
          checkReply(name, await app.application.call(name, input, TESTER));
        }),
        { numRuns: 25, seed: SEED },
      );
    },
    30_000,
  );

  it('answers any name, and lets nothing of an object through as a procedure', async () => {
    const hostile = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'words.__proto__'));
    await fc.assert(
      fc.asyncProperty(hostile, fc.anything(), async (name, input) => {
        const reply = await app.application.call(name, input, TESTER);
        expect(reply).toMatchObject({ ok: false, error: { code: 'unknown-procedure' } });
      }),
      { numRuns: 100, seed: SEED },
    );
  });

  it('leaves a sound project and a living application behind', async () => {
    const jobs = await app.call('jobs.list', {});
    const isOver = ({ state }: JobSnapshot) => ['done', 'failed', 'cancelled'].includes(state);
    await Promise.all(jobs.map(({ jobId }) => app.until(jobId, isOver)));
    expect((await app.call('jobs.list', {})).filter(({ error }) => error?.code === 'internal')).toEqual([]);
    const { project } = await app.call('projects.open', { path: world.at('fuzzed.vislex') });
    expect((await app.finish('projects.verify', { project })).isOk).toBe(true);
    expect((await app.call('app.info', {})).role).toBe('auditor');
  }, 60_000);
});

describe('roles', () => {
  it.each(NAMES)('of %s are kept: less is forbidden before the input is looked at', async (name) => {
    const { role } = PROCEDURES[name];
    for (const lesser of ROLES.slice(0, ROLES.indexOf(role))) {
      const reply = await app.application.call(name, { nonsense: true }, { actor: 'somebody', role: lesser });
      expect(reply).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    }
    const enough = await app.application.call(name, { nonsense: true }, { actor: 'somebody', role });
    expect(enough).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  });
});

describe('a bug of ours', () => {
  /** A dispatcher whose only handler does as told. */
  function over(handler: () => unknown) {
    const lines: string[] = [];
    const log = { ...silentLog, error: (message: string) => void lines.push(message) };
    const events = createEventHub(log);
    const board = createJobBoard({
      clock: fakeClock(),
      events,
      toError: () => ({ code: '', message: '', details: {} }),
    });
    const handlers = { 'app.settings': handler } as unknown as Handlers;
    return { call: createDispatcher({ handlers, board, log }).call, lines };
  }

  it('is told as such, with its stack in the log', async () => {
    const { call, lines } = over(() => {
      throw new TypeError('undefined is not a function');
    });
    expect(await call('app.settings', {}, TESTER)).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(lines).toEqual(['a procedure failed']);
  });

  it('in an output is stopped at the door', async () => {
    const { call } = over(() => ({ theme: 'purple' }));
    expect(await call('app.settings', {}, TESTER)).toMatchObject({ ok: false, error: { code: 'internal' } });
  });
});
