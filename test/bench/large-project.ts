/** A project as large as any: 100,000 images of 100 classes with pictures, answers of the base model, and a run of 500 words. */
import { encodeImage } from '../../main/engine/runtime/encode-image.ts';
import { createRandom } from '../../main/engine/tensor/random.ts';
import { sha256 } from '../../main/platform/hash.ts';
import { createProject } from '../../main/store/index.ts';
import type { NewThumbnail, PatchKind, Project } from '../../main/store/index.ts';
import { TEST_MODEL, testImage, testPatch } from '../support/temp-project.ts';

export const IMAGE_COUNT = 100_000;
export const WORD_COUNT = 500;
const CLASS_COUNT = 100;
/** px; together with the quality about 2.5 kB, as thumbnails of photographs have. */
const THUMBNAIL = { width: 96, height: 72, quality: 82 } as const;
/** Pictures that differ; images take them in turn. */
const PICTURES = 32;
/** Images that get scores: what one evaluated split holds. */
const SCORED_COUNT = 10_000;
const PATCHES: readonly (readonly [PatchKind, number])[] = [
  ['pushed', 1],
  ['top', 10],
  ['random', 10],
  ['counter', 5],
];
/** Rows of one transaction. */
const CHUNK = 5_000;
const SPLITS = ['train', 'train', 'train', 'validation', 'test'] as const;

/** Soft patterns with some noise: they decode as slowly, and take as many bytes, as photographs of this size. */
function pictures(): Promise<NewThumbnail[]> {
  const { width, height, quality } = THUMBNAIL;
  const random = createRandom(1);
  return Promise.all(
    Array.from({ length: PICTURES }, async (_, picture) => {
      const data = new Uint8Array(3 * width * height);
      for (let at = 0; at < data.length; at++) {
        const [channel, column, row] = [at % 3, Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
        const wave = Math.sin((column * (picture + 3)) / 60 + channel) + Math.cos((row * (picture + 5)) / 70);
        data[at] = 128 + 45 * wave + 20 * random.next();
      }
      const jpeg = await encodeImage({ width, height, channels: 3, data }, 'jpeg', quality);
      return { jpeg, width, height };
    }),
  );
}

async function addImages(project: Project): Promise<readonly number[]> {
  const thumbnails = await pictures();
  return Array.from({ length: IMAGE_COUNT / CHUNK }, (_, part) =>
    project.write.images.add(
      'bench',
      Array.from({ length: CHUNK }, (_, offset) => {
        const index = part * CHUNK + offset;
        return testImage(index, {
          split: SPLITS[index % SPLITS.length]!,
          labelIndex: index % CLASS_COUNT,
          thumbnail: thumbnails[index % PICTURES]!,
        });
      }),
    ),
  ).flat();
}

/** Answers that are right three times in four, more or less sure. */
function addOutputs(project: Project, modelId: number, imageIds: readonly number[]): void {
  const random = createRandom(2);
  for (let start = 0; start < imageIds.length; start += CHUNK) {
    project.write.models.saveOutputs(
      modelId,
      imageIds.slice(start, start + CHUNK).map((imageId, offset) => {
        const logits = Float32Array.from({ length: CLASS_COUNT }, () => random.next());
        const label = (start + offset) % CLASS_COUNT;
        logits[random.next() < 0.75 ? label : (label + 7) % CLASS_COUNT] = 4 + 4 * random.next();
        return { imageId, logits };
      }),
    );
  }
}

function addRun(project: Project, modelId: number, imageIds: readonly number[]): number {
  const { write } = project;
  const base = { preset: 'evidence', config: {}, seed: 1, target: 'base', device: 'cpu' } as const;
  const runId = write.runs.plan('bench', { ...base, modelId, wordCount: WORD_COUNT });
  write.runs.start('bench', runId);
  const imageAt = (index: number): number => imageIds[(index * 7919) % imageIds.length]!;
  write.runs.finish('bench', runId, {
    wordModel: new Uint8Array(1_000_000),
    parameterHash: sha256('parameters'),
    words: Array.from({ length: WORD_COUNT }, (_, wordIndex) => ({
      wordIndex,
      classWeights: new Float32Array(CLASS_COUNT).fill(wordIndex),
      summary: { scoreMean: 0.5 },
    })),
    patches: Array.from({ length: WORD_COUNT }, (_, wordIndex) =>
      PATCHES.flatMap(([kind, count]) =>
        Array.from({ length: count }, (_, rank) =>
          testPatch(wordIndex, imageAt(wordIndex * 26 + rank), { kind, rank }),
        ),
      ),
    ).flat(),
  });
  for (let start = 0; start < SCORED_COUNT; start += 1000) {
    const ids = imageIds.slice(start, start + 1000);
    const wordScores = new Float32Array(WORD_COUNT).fill(0.5);
    const logits = new Float32Array(CLASS_COUNT);
    write.activations.saveScores(
      runId,
      ids.map((imageId) => ({ imageId, wordScores, logits })),
    );
  }
  return runId;
}

/** What was made. */
export interface LargeProject {
  /** Open; close it. */
  readonly project: Project;
  readonly runId: number;
  /** How long adding the images took, ms. */
  readonly importingMs: number;
}

/** Makes it in a new file of about half a gigabyte. */
export async function createLargeProject(path: string): Promise<LargeProject> {
  const project = createProject(path, { appVersion: '0.0.0', actor: 'bench' });
  const classLabels = Array.from({ length: CLASS_COUNT }, (_, index) => `class ${index}`);
  const modelId = project.write.models.add('bench', { ...TEST_MODEL, classLabels });
  const started = performance.now();
  const imageIds = await addImages(project);
  const importingMs = performance.now() - started;
  addOutputs(project, modelId, imageIds);
  return { project, runId: addRun(project, modelId, imageIds), importingMs };
}
