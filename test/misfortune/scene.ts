/** What tests of misfortune share: a project with words to copy, refusals as values, disks that fill up. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CallError } from '../../preload/contract/index.ts';
import type { WireError } from '../../preload/contract/index.ts';
import { systemCode } from '../../main/platform/files.ts';
import type { LearnRequest } from '../../main/services/index.ts';
import type { TinyApplication } from '../support/tiny-application.ts';
import { openTinyWorld } from '../support/tiny-project.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

/** Words without learning: made in a moment, looked at and named like any others. */
const QUICK: LearnRequest = { preset: 'kmeans', wordCount: 4, seed: 1, device: 'cpu' };

/** Name of the project with words in the world's folder. */
const ORIGINAL = 'original.vislex';

/** A tiny world with a project that has four words, to be copied by each test. */
export async function openScene(): Promise<TinyWorld> {
  const world = await openTinyWorld(5);
  await world.make(ORIGINAL);
  await world.services.learn(world.at(ORIGINAL), QUICK);
  return world;
}

/** A copy of the project with words and of its cache; its folder is made. @returns its path */
export function copyTo(world: TinyWorld, ...parts: readonly string[]): string {
  const path = world.at(...parts);
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(world.at(ORIGINAL), path);
  cpSync(world.at(`${ORIGINAL}.cache`), `${path}.cache`, { recursive: true });
  return path;
}

/** How a call was refused; a call that was not is a failure of the test. */
export async function refused(action: Promise<unknown>): Promise<WireError> {
  try {
    await action;
  } catch (error) {
    if (error instanceof CallError) return { code: error.code, message: error.message, details: error.details };
    throw error;
  }
  throw new Error('was not refused');
}

/** Names of the newest run's words, by index. */
export async function namesOf(app: TinyApplication, project: string): Promise<readonly (string | null)[]> {
  const { words } = await app.call('words.list', { project });
  return words.toSorted((one, other) => one.index - other.index).map(({ name }) => name);
}

/** Names a word. */
export const nameWord = (app: TinyApplication, project: string, index: number, name: string) =>
  app.call('words.edit', { project, edits: [{ index, name }] });

/** Why a test that mounts a disk is left out. */
export const NO_MOUNTS = 'a disk of its own can be mounted on Linux as root only';

function mount(...given: readonly string[]): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', given, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Gives a folder a disk of its own of this size; false where that is not allowed. */
export function mountSmallDisk(folder: string, kilobytes: number): boolean {
  mkdirSync(folder, { recursive: true });
  return mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder);
}

/** Shows a folder at another place as well, as a disk that is plugged in; false where that is not allowed. */
export function plugIn(folder: string, place: string): boolean {
  mkdirSync(place, { recursive: true });
  return mount('--bind', folder, place);
}

/** Takes a disk away, whoever still uses it. */
export function unplug(folder: string): void {
  execFileSync('umount', ['-l', folder]);
}

/** Fills the disk that a folder lies on to the last byte. @returns the way to make room again */
export function fillDisk(folder: string): () => void {
  const filler = join(folder, 'filler');
  const { bavail, bsize } = statfsSync(folder);
  try {
    writeFileSync(filler, new Uint8Array(bavail * bsize));
  } catch (error) {
    // Somebody took some of it meanwhile: full all the same.
    if (systemCode(error) !== 'ENOSPC') throw error;
  }
  return () => {
    truncateSync(filler);
    rmSync(filler);
  };
}
