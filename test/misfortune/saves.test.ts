/** Saved is saved: a server killed right after it said so, a page closed before it heard, two pages that write at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OpenProject } from '../../preload/contract/index.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { openProject } from '../../main/store/index.ts';
import { runProgram } from '../support/run-cli.ts';
import type { TinyWorld } from '../support/tiny-project.ts';
import { copyTo, openScene, refused } from './scene.ts';
import { startServerProcess } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';

/** Kills per test run. */
const KILLS = Number(process.env['VISLEX_KILLS'] ?? 30);

/** Longest life of a server after its first acknowledgement, ms. */
const LONGEST_LIFE_MS = 50;

let world: TinyWorld;
const servers: ServerProcess[] = [];

beforeAll(async () => {
  world = await openScene();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});
afterAll(() => world.close());

async function start(data = 'data'): Promise<ServerProcess> {
  const server = await startServerProcess(world, data);
  servers.push(server);
  return server;
}

async function namesOver(server: ServerProcess, { project }: Pick<OpenProject, 'project'>): Promise<(string | null)[]> {
  const { words } = await server.call('words.list', { project });
  return words.toSorted((one, other) => one.index - other.index).map(({ name }) => name);
}

const nameOver = (server: ServerProcess, project: string, index: number, name: string, signal?: AbortSignal) =>
  server.call('words.edit', { project, edits: [{ index, name }] }, signal);

describe('a server that is killed', () => {
  it(
    `at ${KILLS} moments while names come in has every name it acknowledged after its restart, and no half one`,
    async () => {
      const path = copyTo(world, 'killed', 'birds.vislex');
      const random = createRandom(11);
      // The newest acknowledged name, and the one sent after it, whose answer may not have come through.
      let possible: (string | null)[] = [null];
      let acknowledged = 0;
      for (let round = 0; round <= KILLS; round++) {
        const server = await start();
        const opened = await server.call('projects.open', { path });
        expect(opened.isReadOnly).toBe(false);
        const [name, other] = await namesOver(server, opened);
        expect(possible).toContain(name);
        possible = [name!];
        // Both words are named in one step: never one without the other.
        expect(other).toBe(name);
        if (round === KILLS) break;
        let death: Promise<unknown> | undefined;
        try {
          for (let step = 0; ; step++) {
            const sent = `round ${round} step ${step}`;
            possible.push(sent);
            const edits = [0, 1].map((index) => ({ index, name: sent }));
            await server.call('words.edit', { project: opened.project, edits });
            possible = [sent];
            acknowledged++;
            death ??= pause(random.next() * LONGEST_LIFE_MS).then(() => server.process.kill('SIGKILL'));
          }
        } catch (error) {
          // The connection ended with the server; nothing else may end the loop.
          expect(error).toBeInstanceOf(TypeError);
        }
        await death;
        await server.kill();
        servers.length = 0;
      }
      expect(acknowledged).toBeGreaterThan(KILLS / 2);
      await servers.splice(0)[0]!.kill();
      const project = openProject(path);
      expect(project.read.verify().firstBroken).toBeNull();
      project.close();
    },
    30_000 + KILLS * 6_000,
  );
});

describe('a page that is closed', () => {
  it('in the middle of a save leaves the whole name or the old one, and the server lives', async () => {
    const server = await start();
    const { project } = await server.call('projects.open', { path: copyTo(world, 'closed', 'birds.vislex') });
    const random = createRandom(5);
    // What was there last, and what was sent since without an answer: a request may arrive after its page has gone.
    let possible: (string | null)[] = [null];
    for (let round = 0; round < 25; round++) {
      const page = new AbortController();
      const name = `round ${round} ${'ü'.repeat(150)}`;
      const heard = nameOver(server, project, 0, name, page.signal).then(
        () => true,
        () => false,
      );
      await pause(random.next() * 12);
      page.abort();
      const isHeard = await heard;
      const [now] = await namesOver(server, { project });
      possible = isHeard ? [name] : [...possible, name];
      expect(possible).toContain(now);
    }
    await nameOver(server, project, 0, 'the last one');
    expect((await namesOver(server, { project }))[0]).toBe('the last one');
  });
});

describe('two windows on one project', () => {
  it('of one server see each other: every name of both is kept, in one history', async () => {
    const server = await start();
    const path = copyTo(world, 'tabs', 'birds.vislex');
    const [one, other] = await Promise.all([
      server.call('projects.open', { path }),
      server.call('projects.open', { path }),
    ]);
    expect(other).toEqual(one);
    const both = Array.from({ length: 20 }, (_, step) => [
      nameOver(server, one.project, 0, `one ${step}`),
      nameOver(server, other.project, 1, `other ${step}`),
    ]).flat();
    await Promise.all(both);
    expect((await namesOver(server, one)).slice(0, 2)).toEqual(['one 19', 'other 19']);
    const { lines } = await server.call('history.list', { project: one.project, limit: 500 });
    expect(lines.filter(({ action }) => action.startsWith('word'))).toHaveLength(40);
  });

  it('of two servers: the second looks on with a note who writes, and may write once the first is gone', async () => {
    const [first, second] = await Promise.all([start('first'), start('second')]);
    const path = copyTo(world, 'servers', 'birds.vislex');
    const own = await first.call('projects.open', { path });
    const guest = await second.call('projects.open', { path });
    expect(own.isReadOnly).toBe(false);
    expect(guest.isReadOnly).toBe(true);
    expect(guest.notes.join()).toMatch(new RegExp(`reading only.*process ${first.process.pid} on ".+" since`));
    await nameOver(first, own.project, 0, 'by the first');
    expect((await namesOver(second, guest))[0]).toBe('by the first');
    const refusal = await refused(nameOver(second, guest.project, 1, 'by the second'));
    expect(refusal.code).toBe('opened-twice');
    expect(refusal.message).toContain(`process ${first.process.pid}`);
    await first.kill();
    const again = await second.call('projects.open', { path });
    expect(again).toMatchObject({ project: guest.project, isReadOnly: false, notes: [] });
    await nameOver(second, again.project, 1, 'by the second');
    expect((await namesOver(second, again)).slice(0, 2)).toEqual(['by the first', 'by the second']);
  });

  it('one of them a terminal: its rename is refused with who holds the project, its looks are not', async () => {
    const server = await start('window');
    const path = copyTo(world, 'terminal', 'birds.vislex');
    const { project } = await server.call('projects.open', { path });
    await nameOver(server, project, 0, 'by the window');
    const options = { folder: world.folder };
    const [rename, words] = await Promise.all([
      runProgram(['rename', path, '1', 'by the terminal'], options),
      runProgram(['words', path, '--json'], options),
    ]);
    expect(rename.code).not.toBe(0);
    expect(rename.stderr).toMatch(
      new RegExp(`open for writing already by process ${server.process.pid} on .*Close it there`),
    );
    expect(words.code).toBe(0);
    expect(words.stdout).toContain('by the window');
    await server.call('projects.close', { project });
    expect((await runProgram(['rename', path, '1', 'by the terminal'], options)).code).toBe(0);
    const again = await server.call('projects.open', { path });
    expect((await namesOver(server, again)).slice(0, 2)).toEqual(['by the window', 'by the terminal']);
  });
});
