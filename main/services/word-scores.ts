/** Scores of single words over all images, read page by page beside other work. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImageColumn, ProjectReader, RunRecord, WordSplitRecord } from '../store/index.ts';

/** Images read between two turns of the event loop: a few ms. */
const PAGE = 5_000;

/** One learned word's score in every image. */
export async function wordScores(
  read: ProjectReader,
  run: RunRecord,
  word: number,
): Promise<ImageColumn<Float32Array>> {
  const imageIds: number[] = [];
  const parts: Float32Array[] = [];
  for (let after = 0; ; after = imageIds.at(-1)!) {
    const page = read.activations.wordScorePage(run.runId, word, after, PAGE);
    for (const imageId of page.imageIds) imageIds.push(imageId);
    parts.push(page.values);
    if (page.imageIds.length < PAGE) break;
    await nextTurn();
  }
  const values = new Float32Array(imageIds.length);
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { imageIds, values };
}

/** The scores of a divided word in the images that belong to one child. */
export async function childScores(
  read: ProjectReader,
  run: RunRecord,
  split: WordSplitRecord,
  child: number,
): Promise<ImageColumn<Float32Array>> {
  const { imageIds, values } = await wordScores(read, run, split.wordIndex);
  const place = split.children.indexOf(child);
  const own = new Set<number>();
  split.imageIds.forEach((imageId, index) => {
    if (split.childOfImage[index] === place) own.add(imageId);
  });
  return {
    imageIds: imageIds.filter((imageId) => own.has(imageId)),
    values: values.filter((_, index) => own.has(imageIds[index]!)),
  };
}
