/** Task: draws the demo's images with their part masks into a folder. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { drawSample, DEMO_CLASS_NAMES, planSamples } from '../../engine/demo/samples.ts';
import type { DemoSample, SampleCounts } from '../../engine/demo/samples.ts';
import { SCENE_SIZE_PX } from '../../engine/demo/scene.ts';
import { encodeImage } from '../../engine/runtime/encode-image.ts';
import { createRandom } from '../../engine/tensor/random.ts';
import type { Random } from '../../engine/tensor/random.ts';
import { systemCode, writeFileAtomic } from '../../platform/files.ts';
import type { Task } from '../task.ts';

/** What to draw. */
export interface MakeDemoDataInput {
  /** Folder of the data; made when it is not there. */
  readonly folder: string;
  readonly seed: number;
  /** Images per class. */
  readonly counts: SampleCounts;
}

/** What is there now. */
export interface MakeDemoDataOutput {
  readonly imageCount: number;
  /** True when the same data was there already. */
  readonly isReused: boolean;
}

/** Raised when the same seed gives other images. */
const DATA_VERSION = 1;

/** Written last: its presence says that the folder is complete. */
const MANIFEST = 'manifest.json';

/**
 * Writes `<split>/<class>/<number>.png`, `masks/<split>/<class>/<number>.png` (grey, the part's number) and
 * `labels.txt`. Data of another seed or version in the folder is replaced.
 * @throws FileError, EngineError 'cancelled'
 */
export const makeDemoData: Task<MakeDemoDataInput, MakeDemoDataOutput> = async (input, context) => {
  const samples = planSamples(input.counts);
  const manifestPath = join(input.folder, MANIFEST);
  const manifest = JSON.stringify({ version: DATA_VERSION, seed: input.seed, counts: input.counts });
  const total = samples.length;
  if (readIfThere(manifestPath) === manifest) return { imageCount: total, isReused: true };

  // Only what this task makes is removed; the manifest first, so that a half-removed folder is not taken for complete.
  for (const name of [MANIFEST, 'train', 'val', 'test', 'masks']) {
    rmSync(join(input.folder, name), { recursive: true, force: true });
  }
  for (const folder of new Set(samples.map(({ relativePath }) => dirname(relativePath)))) {
    mkdirSync(join(input.folder, folder), { recursive: true });
    mkdirSync(join(input.folder, 'masks', folder), { recursive: true });
  }
  const random = createRandom(input.seed);
  let done = 0;
  context.progress({ phase: 'draw', done, total, unit: 'images' });
  for (const sample of samples) {
    context.signal.throwIfAborted();
    await writeSample(input.folder, sample, random);
    context.progress({ phase: 'draw', done: ++done, total, unit: 'images' });
  }
  writeFileAtomic(join(input.folder, 'labels.txt'), `${DEMO_CLASS_NAMES.join('\n')}\n`);
  writeFileAtomic(manifestPath, manifest);
  return { imageCount: total, isReused: false };
};

async function writeSample(folder: string, sample: DemoSample, random: Random): Promise<void> {
  const { pixels, mask } = drawSample(sample, random);
  const size = { width: SCENE_SIZE_PX, height: SCENE_SIZE_PX };
  const image = await encodeImage({ ...size, channels: 3, data: pixels });
  const parts = await encodeImage({ ...size, channels: 1, data: mask });
  // Not one by one atomic: the manifest answers for all of them.
  await writeFile(join(folder, sample.relativePath), image);
  await writeFile(join(folder, 'masks', sample.relativePath), parts);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
