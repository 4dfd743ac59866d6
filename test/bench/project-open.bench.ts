/** How long a large project takes to open and to show its first page: 100,000 images, 500 words. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../main/platform/hash.ts';
import { Database } from '../../main/store/database.ts';
import { sql } from '../../main/store/sql.ts';
import { createProject, openProject } from '../../main/store/index.ts';
import type { PatchKind, Project } from '../../main/store/index.ts';
import { inTempFolder, TEST_MODEL, testImage, testPatch } from '../support/temp-project.ts';
import { median } from './bench-result.ts';
import type { BenchResult } from './bench-result.ts';

const IMAGE_COUNT = 100_000;
const WORD_COUNT = 500;
const CLASS_COUNT = 100;
/** Bytes of a typical thumbnail, 96 px wide. */
const THUMBNAIL_BYTES = 2500;
/** Images that get scores and maps: what one evaluated split holds. */
const SCORED_COUNT = 10_000;
const PATCHES: readonly (readonly [PatchKind, number])[] = [
  ['pushed', 1],
  ['top', 10],
  ['random', 10],
  ['counter', 5],
];
/** Openings measured; the median is reported. */
const REPEATS = 7;

function thumbnail(index: number): { jpeg: Uint8Array; width: number; height: number } {
  return { jpeg: new Uint8Array(THUMBNAIL_BYTES).fill(index % 251), width: 96, height: 72 };
}

function addImages(project: Project): readonly number[] {
  const chunk = 5000;
  return Array.from({ length: IMAGE_COUNT / chunk }, (_, part) =>
    project.write.images.add(
      'bench',
      Array.from({ length: chunk }, (_, offset) => {
        const index = part * chunk + offset;
        return testImage(index, { labelIndex: index % CLASS_COUNT, thumbnail: thumbnail(index) });
      }),
    ),
  ).flat();
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

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** What a person sees first: fifty words with their patches and the thumbnails of these. */
function firstPage(read: Project['read'], runId: number): number {
  const { words } = read.words.page({ runId });
  const ids = new Set(words.flatMap(({ patches }) => patches.map(({ imageId }) => imageId)));
  return read.images.thumbnails([...ids]).size;
}

/** Leaves the file as a killed writer does. */
function leaveOpen(path: string): void {
  const database = new Database(path);
  database.run(sql`UPDATE writer_session SET state = 'open'`);
  database.close();
}

/** Builds the project in a temporary folder (about half a gigabyte) and measures it. */
export async function run(): Promise<BenchResult[]> {
  return inTempFolder((folder) => {
    const path = join(folder, 'large.vislex');
    const project = createProject(path, { appVersion: '0.0.0', actor: 'bench' });
    const modelId = project.write.models.add('bench', TEST_MODEL);
    let imageIds: readonly number[] = [];
    const importing = milliseconds(() => (imageIds = addImages(project)));
    const runId = addRun(project, modelId, imageIds);
    const renaming = median(
      Array.from({ length: 50 }, (_, index) =>
        milliseconds(() => void project.write.words.rename('bench', runId, index, `word ${index}`)),
      ),
    );
    project.close();

    const openings: number[] = [];
    const pages: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      let opened: Project | undefined;
      openings.push(milliseconds(() => (opened = openProject(path))));
      pages.push(milliseconds(() => void firstPage(opened!.read, runId)));
      opened!.close();
    }
    const afterCrash = milliseconds(() => {
      leaveOpen(path);
      openProject(path).close();
    });
    const reader = openProject(path, { readonly: true });
    const listing = milliseconds(() => void reader.read.images.list());
    const verifying = milliseconds(() => void reader.read.verify());
    reader.close();
    return [
      { name: 'open 100,000 images and 500 words', value: median(openings), unit: 'ms', target: 1000 },
      { name: 'first page of 50 words with patches and thumbnails', value: median(pages), unit: 'ms', target: 200 },
      { name: 'open after a crash, whole file checked', value: afterCrash, unit: 'ms' },
      { name: 'rename a word, on the disk', value: renaming, unit: 'ms' },
      { name: 'add images with thumbnails', value: IMAGE_COUNT / (importing / 1000), unit: 'images/s' },
      { name: 'list 100,000 images', value: listing, unit: 'ms' },
      { name: 'verify everything', value: verifying, unit: 'ms' },
      { name: 'project file', value: statSync(path).size / 1e6, unit: 'MB' },
    ];
  });
}
