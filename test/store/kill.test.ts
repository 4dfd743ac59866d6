/** kill -9 at random moments: what was acknowledged is there, the chain is valid, the file is whole. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openProject } from '../../main/store/index.ts';
import type { Acknowledgement } from '../support/kill-child.ts';
import { fillProject, inTempFolder, TEST_MODEL, withTempProject } from '../support/temp-project.ts';

/** Kills per test run; several hundred before a release: VISLEX_KILLS=400. */
const KILLS = Number(process.env['VISLEX_KILLS'] ?? 40);

/** Kills while projects and backups are made. */
const CREATION_KILLS = 8;

/** Longest life of a child after its first acknowledgement, ms. */
const LONGEST_LIFE_MS = 120;

const CHILD = fileURLToPath(new URL('../support/kill-child.ts', import.meta.url));

/** Lets a child work for `lifeMs` after its first step, kills it, and gives what it acknowledged. */
async function workAndDie(path: string, round: number, lifeMs: number): Promise<readonly Acknowledgement[]> {
  const child = spawn(process.execPath, [CHILD, path, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let isDoomed = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (!isDoomed) setTimeout(() => child.kill('SIGKILL'), lifeMs);
    isDoomed = true;
  });
  const signal = await new Promise((resolve) => child.once('close', (_, how) => resolve(how)));
  expect(signal, 'the child ended by itself').toBe('SIGKILL');
  // The last line may be cut: not acknowledged.
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Acknowledgement);
}

it(
  `after ${KILLS} kills everything acknowledged is present, the chain is valid and the file is whole`,
  () =>
    withTempProject(async (project, path) => {
      const { runId, modelId } = fillProject(project);
      const plan = {
        modelId,
        preset: 'parts',
        config: {},
        seed: 1,
        target: 'base',
        device: 'cpu',
        wordCount: 3,
      } as const;
      const secondRunId = project.write.runs.plan('ann', plan);
      expect(project.read.models.get(modelId).sha256).toBe(TEST_MODEL.sha256);
      project.close();
      let acknowledged = 0;
      for (let round = 0; round < KILLS; round++) {
        // Spread evenly by the golden ratio: the same delays every time, though the machine's speed decides where they fall.
        const steps = await workAndDie(path, round, ((round * 0.6180339887) % 1) * LONGEST_LIFE_MS);
        acknowledged += steps.length;
        const { read, close } = openProject(path);
        const hashes = new Map([...read.journal.iterate()].map(({ seq, hash }) => [seq, hash]));
        for (const { seq, hash } of steps) expect(hashes.get(seq)).toBe(hash);
        const checkpoint = steps.findLast((step) => step.checkpoint !== undefined)?.checkpoint ?? 0;
        expect(read.runs.checkpoint(secondRunId)?.step ?? 0).toBeGreaterThanOrEqual(checkpoint);
        const imageCount = steps.findLast((step) => step.imageCount !== undefined)?.imageCount ?? 0;
        expect(read.images.ids().length).toBeGreaterThanOrEqual(imageCount);
        // The newest entry is the acknowledged one, or the one step after it that was cut short before it could be told.
        const last = steps.at(-1)!;
        const { seq } = read.journal.head();
        expect(seq - last.seq).toBeLessThanOrEqual(1);
        if (seq === last.seq && last.named)
          expect(read.words.get(runId, last.named.wordIndex).name).toBe(last.named.name);
        expect(read.verify().firstBroken).toBeNull();
        close();
      }
      expect(acknowledged).toBeGreaterThan(KILLS);
    }),
  60_000 + KILLS * 3000,
);

it('a project or backup that is being made when its maker is killed is whole, or not there', () =>
  inTempFolder(async (folder) => {
    const store = new URL('../../main/store/index.ts', import.meta.url).href;
    const script = `import { createProject } from ${JSON.stringify(store)};
      for (let count = 0; ; count++) {
        const path = process.argv[1] + count;
        const project = createProject(path + '.vislex', { appVersion: '1', actor: 'ann' });
        project.write.backup(path + '-copy.vislex');
        project.close();
        console.log(count);
      }`;
    for (let round = 0; round < CREATION_KILLS; round++) {
      const prefix = join(folder, `round ${round} `);
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, prefix], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const closed = new Promise((resolve) => child.once('close', resolve));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, ((round * 0.6180339887) % 1) * LONGEST_LIFE_MS));
      child.kill('SIGKILL');
      await closed;
    }
    const made = readdirSync(folder).filter((name) => name.endsWith('.vislex'));
    expect(made.length).toBeGreaterThanOrEqual(2 * CREATION_KILLS);
    for (const name of made) {
      const project = openProject(join(folder, name), { readonly: true });
      expect(project.read.verify().firstBroken).toBeNull();
      expect(project.read.journal.head().seq).toBe(1);
      project.close();
    }
  }));
