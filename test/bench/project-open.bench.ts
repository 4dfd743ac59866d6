/** How long a large project takes to open and to show its first page: 100,000 images, 500 words. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '../../main/store/database.ts';
import { sql } from '../../main/store/sql.ts';
import { openProject } from '../../main/store/index.ts';
import type { Project } from '../../main/store/index.ts';
import { inTempFolder } from '../support/temp-project.ts';
import { median } from './bench-result.ts';
import type { BenchResult } from './bench-result.ts';
import { createLargeProject, IMAGE_COUNT } from './large-project.ts';

/** Openings measured; the median is reported. */
const REPEATS = 7;

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
  return inTempFolder(async (folder) => {
    const path = join(folder, 'large.vislex');
    const { project, runId, importingMs } = await createLargeProject(path);
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
      { name: 'add images with thumbnails', value: IMAGE_COUNT / (importingMs / 1000), unit: 'images/s' },
      { name: 'list 100,000 images', value: listing, unit: 'ms' },
      { name: 'verify everything', value: verifying, unit: 'ms' },
      { name: 'project file', value: statSync(path).size / 1e6, unit: 'MB' },
    ];
  });
}
