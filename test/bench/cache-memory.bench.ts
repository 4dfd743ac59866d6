/** Whether learning streams: the memory of its process with 2,000 and with 100,000 simulated images in the cache. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchResult } from './bench-result.ts';
import type { LearnMemory } from './cache-memory-child.ts';

const FEW = 2_000;
const MANY = 100_000;
/** MB that 98,000 more images may cost: their names, places and scores (about 0.5 kB each), never their features. */
const GROWTH_LIMIT = 100;

const CHILD = join(import.meta.dirname, 'cache-memory-child.ts');

/** Runs the bench; it writes about 0.2 GB to a temporary folder. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vislex-bench-'));
  try {
    const few = await measure(join(folder, 'few'), FEW);
    const many = await measure(join(folder, 'many'), MANY);
    const growth = (memory: LearnMemory): number => memory.peak - memory.baseline;
    return [
      { name: 'memory of a process before the cache is opened', value: many.baseline, unit: 'MB' },
      { name: 'growth while learning from 2,000 images', value: growth(few), unit: 'MB' },
      { name: 'growth while learning from 100,000 images', value: growth(many), unit: 'MB' },
      {
        name: 'growth from 2,000 to 100,000 images',
        value: growth(many) - growth(few),
        unit: 'MB',
        target: GROWTH_LIMIT,
      },
      { name: 'learning from 100,000 images of 16 x 7 x 7', value: many.seconds, unit: 's' },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Filled by one process, read by another: what writing leaves behind must not hide what reading takes. */
async function measure(cachesFolder: string, count: number): Promise<LearnMemory> {
  const folder = await ask<string>('fill', cachesFolder, count);
  return ask<LearnMemory>('learn', folder, count);
}

async function ask<T>(action: 'fill' | 'learn', folder: string, count: number): Promise<T> {
  const child = fork(CHILD, [action, folder, String(count)]);
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the ${action} process of the cache-memory bench ended with ${code} and no reply`);
  });
  const [reply] = (await Promise.race([once(child, 'message'), exited])) as [T];
  exited.catch(() => undefined); // the reply came first; the exit that follows is no failure
  return reply;
}
